"""Coordinators stop the links of somebody's mails, such as a mail that went astray, and send new ones."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property

from cohorts.people.views.people import EnrollmentView
from mentorship.core.accounts.models import User
from mentorship.core.outbox.live_links.lookup import LiveLink, live_links
from mentorship.core.outbox.live_links.services import send_links_again, stop_links
from mentorship.core.outbox.live_links.views import chosen_links, what_they_do
from mentorship.core.ui.markup import counted
from mentorship.core.ui.requests import number_in
from mentorship.core.views import Question, errors_as_messages


class LinksOfPeople(EnrollmentView):
    """The live links in this programme's mails to the people of an enrollment, without their addresses."""

    template_name = "cohorts/people/links.html"
    for_editors = True

    @cached_property
    def links_by_person(self) -> dict[User, list[LiveLink]]:
        mine = [self.workspace_id]
        people = dict.fromkeys(self.object.people)
        return {one: [li for li in live_links(one, self.request, mine) if li.may_stop] for one in people}

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page()

    def ask_first(self) -> Question | None:
        """Ask, by what the links are for and what the person gets."""
        person, links = self._chosen()
        if person is None or not links:
            return None
        again = "again" in self.request.POST
        mails = len({link.message.pk for link in links})
        after = f"{person} will get {counted(mails, 'email')} again, with new links." if again else ""
        return Question(
            title=f"Stop {counted(len(links), 'link')}{' and send new ones' if again else ''}?",
            text=[*what_they_do(links), f"Nobody who has the emails can use these links any more. {after}".strip()],
            button="Stop and send new ones" if again else "Stop",
            back=self.request.path,
            danger=not again,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        person, links = self._chosen()
        if person is None or not links:
            messages.error(request, "Select at least one link. The links may have stopped working in the meantime.")
            return redirect(request.path)
        act: dict[str, Any] = {"person": person, "links": links, "by": self.user, "workspace_id": self.workspace_id}
        with errors_as_messages(request):
            if "again" in request.POST:
                mails = send_links_again(**act)
                messages.success(request, f"{counted(len(mails), 'email')} will be sent to {person}, with new links.")
            else:
                stop_links(**act)
                messages.success(request, f"{counted(len(links), 'link')} stopped.")
        return redirect(request.path)

    def _chosen(self) -> tuple[User | None, list[LiveLink]]:
        wanted = number_in(self.request.POST.get("person", ""))
        person = next((one for one in self.links_by_person if one.pk == wanted), None)
        links = self.links_by_person[person] if person else []
        return person, chosen_links(links, self.request.POST.getlist("link"))

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "enrollment": self.object, "links_by_person": self.links_by_person.items()}
