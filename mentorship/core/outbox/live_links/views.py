"""The page on which a person sees the links of their mails, and stops those that nobody should follow any more."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property

from mentorship.core.outbox.live_links.lookup import LiveLink, live_links
from mentorship.core.outbox.live_links.services import stop_all_of_kind, stop_links
from mentorship.core.ui.markup import counted
from mentorship.core.views import LookupView, Question, errors_as_messages


class MyLinks(LoginRequiredMixin, LookupView):
    """The reader's live links by their use, each to be stopped alone or with all of its kind."""

    template_name = "outbox/my_links.html"

    def look_up(self) -> None:
        """Look up nothing: the page is the reader's own."""

    @cached_property
    def links(self) -> list[LiveLink]:
        return list(live_links(self.user, self.request))

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page()

    def ask_first(self) -> Question | None:
        """Ask, by what the links are for."""
        if not (chosen := self._chosen()):
            return None
        return Question(
            title=f"Stop {counted(len(chosen), 'link')}?",
            text=[
                *what_they_do(chosen),
                "Nobody who has the email can use them any more, including you. What you did with them stays. Your "
                "next emails will have new links, and you can do everything here when you’re signed in.",
            ],
            button=f"Stop {'links' if len(chosen) > 1 else 'link'}",
            back=self.request.path,
            danger=True,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        chosen = self._chosen()
        with errors_as_messages(request):
            stop_links(person=self.user, links=chosen, by=self.user)
            if "kind" in request.POST:
                stop_all_of_kind(person=self.user, purpose=chosen[0].purpose, by=self.user)
            messages.success(request, f"{counted(len(chosen), 'link')} stopped.")
        return redirect(request.path)

    def _chosen(self) -> list[LiveLink]:
        return chosen_links(self.links, self.request.POST.getlist("link"), self.request.POST.get("kind", ""))

    def get_context(self) -> dict[str, Any]:
        in_order = sorted(self.links, key=lambda link: link.does)  # stable: of a kind the newest stays first
        kinds = [(does, list(found)) for does, found in groupby(in_order, key=lambda link: link.does)]
        return {"kinds": [(does, found, [one for one in found if one.may_stop]) for does, found in kinds]}


def chosen_links(links: Sequence[LiveLink], keys: Sequence[str], kind: str = "") -> list[LiveLink]:
    """The links a form selects, by key or by kind, that the person may stop."""
    return [link for link in links if link.may_stop and (link.key in keys or link.purpose == kind)]


def what_they_do(links: Sequence[LiveLink]) -> list[str]:
    """A sentence on what links are for, with how many there are of each."""
    named = sorted({link.does for link in links})
    numbers = {does: sum(link.does == does for link in links) for does in named}
    return [", ".join(f"{does} ({numbers[does]})" if numbers[does] > 1 else does for does in named) + "."]
