"""List the questions for coordinators, and let people answer by a signed link."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cohorts.cohort_view import CohortObjectView, CohortView
from matching.board.consent_status import consent_counts, consent_state_of, mentees_with_declined_pair
from matching.consent import services
from matching.consent.forms import DeclineForm
from matching.consent.links import ANSWER_LINK
from matching.consent.mails import question_context
from matching.consent.policy import confirm_policy_of
from matching.models import AskedPair, AskedSide
from matching.querysets import AskedPairQuerySet
from mentorship.core.accounts.field_access import Audience
from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.errors import ServiceError
from mentorship.core.links import LinkError
from mentorship.core.timezones import zone_name
from mentorship.core.ui.downloads.export import export, wants_export
from mentorship.core.ui.requests import choice_in, page_of
from mentorship.core.views import LookupView, errors_as_messages

EXPORT_HEAD = ("mentee", "mentor", "state", "side", "answer", "reason", "in their words", "answered (UTC)")


class QuestionList(CohortView):
    """The people asked, their answers, and open decisions."""

    template_name = "matching/consent/questions.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        cohort = self.cohort
        everything = AskedPair.objects.filter(mentee__cohort=cohort)
        q, status = request.GET.get("q", ""), choice_in(request, "status", AskedPair.Status.values)
        found = everything.search(q) if q else everything
        if status:
            found = found.filter(status=status)
        found = found.with_people().order_by("-created_at", "-pk")
        if wants_export(request):
            return export(
                request,
                f"{cohort.slug}-asked",
                EXPORT_HEAD,
                _export_rows(found, reasons=self.reads(Audience.COORDINATORS)),
            )
        page = page_of(request, found)
        counts = dict(everything.order_by().values_list("status").annotate(Count("pk")))
        return self.page(
            page_obj=page,
            rows=[(pair, consent_state_of(pair, cohort.programme)) for pair in page.object_list],
            numbers=consent_counts(cohort),
            back=mentees_with_declined_pair(cohort).count(),
            total=sum(counts.values()),
            statuses=[(value, label, counts.get(value, 0)) for value, label in AskedPair.Status.choices],
            filters={"q": q, "status": status},
            policy=confirm_policy_of(cohort),
        )


class QuestionAction(CohortObjectView[AskedPair]):
    """Ask again, count silence as a no, withdraw the question, or record an answer that came otherwise."""

    http_method_names = ("post",)

    def get_rows(self) -> AskedPairQuerySet:
        return AskedPair.objects.filter(mentee__cohort=self.cohort).with_people()

    def post(self, request: HttpRequest) -> HttpResponse:
        with errors_as_messages(request):
            messages.success(request, self._act(request.POST, self.object))
        return redirect("matching:question-list", cohort_slug=self.cohort.slug)

    def _act(self, post: Any, pair: AskedPair) -> str:
        match post.get("do"):
            case "again":
                services.ask_pair_again(pair=pair, by=self.user)
                return f"{pair}: asked again."
            case "no":
                services.count_silence_as_decline(pair=pair, by=self.user)
                return self._back_on_board(pair)
            case "back":
                services.withdraw_question(pair=pair, by=self.user)
                return f"{pair}: not asked any more."
            case "yes" | "told-no" as answer:
                side = get_visible_or_404(pair.sides.filter(status__in=["asked", "silent"]), side=post.get("side", ""))
                side.pair = pair
                if answer == "told-no":
                    services.decline_pair(side=side, by=self.user, reason="told the coordinators")
                    return self._back_on_board(pair)
                pair = services.accept_pair(side=side, by=self.user)
                taken = pair.status == AskedPair.Status.TAKEN_BACK
                return (
                    f"{pair}: the place is taken already."
                    if taken
                    else f"{pair}: the {self.cohort.programme.label_of(side.side)} said yes."
                )
        raise ServiceError("We did not understand that. Choose one of the buttons.")

    def _back_on_board(self, pair: AskedPair) -> str:
        words = "{pair}: this pair won’t be proposed again, and the mentee is back on the board."
        return self.cohort.programme.own_words(words, pair=pair)


class AnswerByLink(LookupView):
    """Accept or decline by the signed link of a mail. Opening it records nothing: mail scanners do so, too."""

    template_name = "matching/consent/answer.html"
    side: AskedSide

    def look_up(self) -> None:
        side = AskedSide.objects.filter(pk=ANSWER_LINK.read_one(self.kwargs["token"])).first()
        if side is None:
            raise LinkError
        side.pair = AskedPair.objects.with_people().get(pk=side.pair_id)
        if not side.enrollment.user.is_active:
            raise LinkError
        self.side = side

    @property
    def is_open(self) -> bool:
        return self.side.pair.status in AskedPair.UNSETTLED

    def get_context(self) -> dict[str, Any]:
        side = self.side
        live = self.is_open
        return {
            **question_context(side),
            "may_say_yes": live and side.status in ("asked", "silent"),
            "may_say_no": live and side.status in ("asked", "silent", "accepted"),
            # Once the question is over, the link of an old mail shows no names any more.
            "is_over": not live and side.pair.status not in (AskedPair.Status.ACCEPTED, AskedPair.Status.MATCHED),
            "other": side.other,
            "other_zone": zone_name(side.other.time_zone) if side.other.time_zone else "",
            "topics": [topic.name for topic in side.other.topics.all()],
        }

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(form=DeclineForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("do") not in ("yes", "no"):
            messages.error(request, "Choose your answer first, then send it.")
            return redirect(request.path)
        form = DeclineForm(request.POST)
        says_yes = request.POST.get("do") == "yes"
        if not says_yes and not form.is_valid():
            return self.page(form=form, status=422)
        with errors_as_messages(request):
            if says_yes:
                messages.success(request, _thanks(services.accept_pair(side=self.side, by=self._answering())))
            else:
                services.decline_pair(side=self.side, by=self._answering(), **form.cleaned_data)
                messages.success(request, "Thank you for telling us. We look for somebody who suits you better.")
        return redirect(request.path)

    def _answering(self) -> User | None:
        """Return who answers: the reader if they belong to this side, else the only recipient of the mail."""
        people = self.side.people
        if isinstance(self.request.user, User) and self.request.user in people:
            return self.request.user
        return people[0] if len(people) == 1 else None


def _thanks(pair: AskedPair) -> str:
    if pair.status == AskedPair.Status.TAKEN_BACK:
        return "Thank you! The place was taken a moment ago, so this pair does not come about. We write to you."
    return "Thank you! As soon as everybody has said yes, one email introduces you to each other."


def _export_rows(found: AskedPairQuerySet, *, reasons: bool) -> Iterator[tuple[Any, ...]]:
    """The rows of the export. Without `reasons` they don't say which side declined either, as on the page."""
    for pair in found:
        told = reasons or pair.status != AskedPair.Status.DECLINED
        for side in pair.sides.all():
            at = side.answered_at.isoformat(timespec="minutes") if side.answered_at and told else ""
            kind = side.get_reason_kind_display() if side.reason_kind and reasons else ""
            yield (
                pair.mentee,
                pair.mentor.user,
                pair.get_status_display(),
                side.side,
                side.get_status_display() if told else "",
                kind,
                side.reason if reasons else "",
                at,
            )
