"""The page on which coordinators decide about messages held back after a restored backup."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property

from mentorship.core.accounts.models import WorkspaceRole
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, has_role
from mentorship.core.outbox.delivery.resend_guards import reason_against_resending
from mentorship.core.outbox.delivery.still_for import revise
from mentorship.core.outbox.held import services
from mentorship.core.outbox.held.services import HELD, RELEASED
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.querysets import OutboxQuerySet
from mentorship.core.ui.markup import counted
from mentorship.core.ui.requests import choice_in, page_of, uuids_in
from mentorship.core.views import LookupView, Question

RELEASE, DROP, TAKE_BACK, ALL = "release", "drop", "back", "all"
TABS = [(HELD, "To decide"), (RELEASED, "Released"), (services.DROPPED, "Discarded")]
MINUTES = int(services.UNDO_WITHIN.total_seconds() // 60)


class HeldList(CoordinatorRequiredMixin, LookupView):
    """Messages that were held back, by what became of them; those that are ticked, or all of a kind, are decided."""

    template_name = "outbox/held.html"

    def look_up(self) -> None:
        """Set the filters of the address."""
        self.state = choice_in(self.request, "state", OutboxMessage.Held.values) or HELD
        visible = OutboxMessage.objects.visible_to(self.user)
        self.everything = visible.exclude(held="").exclude(held=RELEASED, status="sent")
        self.kinds = list(self.everything.order_by("kind").values_list("kind", flat=True).distinct())
        self.kind = choice_in(self.request, "kind", self.kinds)

    @property
    def shown(self) -> OutboxQuerySet:
        """The rows of the tab and the kind."""
        of_kind = {"kind": self.kind} if self.kind else {}
        return self.everything.filter(held=self.state, **of_kind).order_by("due_at", "pk")

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page()

    def get_context(self) -> dict[str, Any]:
        counts = Counter(self.everything.values_list("held", flat=True))
        return {
            "tabs": [(value, label, counts[value]) for value, label in TABS],
            "state": self.state,
            "kind": self.kind,
            "kinds": [(kind, kind) for kind in self.kinds],
            "page_obj": page_of(self.request, self.shown),
            "may_decide": has_role(self.user, among=WorkspaceRole.EDITORS),
            "undo_minutes": MINUTES,
        }

    @cached_property
    def chosen(self) -> OutboxQuerySet:
        """The messages ticked; or all that the tab and the kind show, on other pages too."""
        mine = self.shown.filter(pk__in=OutboxMessage.objects.editable_by(self.user).order_by().values("pk"))
        return mine if ALL in self.request.POST else mine.filter(pk__in=uuids_in(self.request.POST.getlist("message")))

    def ask_first(self) -> Question | None:
        """Ask, with how many leave and how many no longer can."""
        if self.request.POST.get("do") not in (RELEASE, DROP) or not self.chosen.exists():
            return None
        number, by_kind = self.chosen.count(), Counter(self.chosen.order_by().values_list("kind", flat=True))
        text = [", ".join(f"{kind}: {count}" for kind, count in sorted(by_kind.items())) + "."]
        back = self.request.get_full_path()
        if self.request.POST["do"] == DROP:
            text.append("They stay on record, and you can decide again under “Discarded”.")
            return Question(f"Discard {counted(number, 'email')}?", "Discard", text, back, danger=True)
        ready, reasons = split_by_reason(self.chosen)
        text += [f"{counted(count, 'email')} won’t be sent: {reason}" for reason, count in reasons.most_common()]
        text.append(
            f"The {'others' if reasons else 'emails'} will be sent in {MINUTES} minutes. Until then you can undo this."
        )
        return Question(f"Send {counted(len(ready), 'email')}?", "Send", text, back)

    def post(self, request: HttpRequest) -> HttpResponse:
        do = request.POST.get("do")
        if do == RELEASE:
            ready, _ = split_by_reason(self.chosen)
            number = services.release(chosen=OutboxMessage.objects.filter(pk__in=ready), by=self.user)
        elif do == DROP:
            number = services.drop(chosen=self.chosen, by=self.user)
        else:
            number = services.take_back(chosen=self.chosen, by=self.user)
        if number:
            done = {RELEASE: f"released, to be sent in {MINUTES} minutes", DROP: "discarded"}.get(
                str(do), "held back again"
            )
            messages.success(request, f"{counted(number, 'email')} {done}.")
        else:
            messages.error(request, "Select at least one email. Some may have been decided or sent in the meantime.")
        return redirect(request.get_full_path())


def split_by_reason(chosen: QuerySet[OutboxMessage]) -> tuple[list[Any], Counter[str]]:
    """The ids of what would leave, and how many would not for which reason. Writes nothing."""
    found = list(chosen)
    revise(found)
    ready, reasons = [], Counter[str]()
    for message in found:
        if reason := message.revision.reason or reason_against_resending(message):
            reasons[reason] += 1
        else:
            ready.append(message.pk)
    return ready, reasons
