"""Record a reply from somebody of a pair, or delete one."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html

from checkins.answering.forms import ReplyForm
from checkins.answering.replies import delete_reply, note_reply, open_checkins_about, people_of_pair
from checkins.cases.services import reads_concerns
from checkins.models import CheckIn, Reply
from cohorts.cohort_view import CohortObjectView, CohortView
from cohorts.models import Cohort
from matching.models import Match
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.errors import ServiceError
from mentorship.core.ui.requests import number_in
from mentorship.core.views import Ask


class PairReply(CohortView):
    """Replies from the people of a pair, and the form for another one."""

    template_name = "checkins/answering/pair_reply.html"

    def look_up(self) -> None:
        super().look_up()
        self.match = get_visible_or_404(Match.objects.with_people(), mentee__cohort=self.cohort, pk=self.kwargs["pk"])

    def get_form(self, data: Any = None) -> ReplyForm:
        people, now = people_of_pair(self.match), timezone.now()
        open_ones = any(open_checkins_about(person, self.match, self.cohort, now) for person, _ in people)
        return ReplyForm(data, cohort=self.cohort, people=people, open_ones=open_ones)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(form=self.get_form())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.get_form(request.POST)
        if note_from(request, form, cohort=self.cohort, match=self.match):
            return redirect("checkins:pair-list", cohort_slug=self.cohort.slug)
        return self.page(status=422, form=form)

    def get_context(self) -> dict[str, Any]:
        return {
            **super().get_context(),
            "match": self.match,
            "replies": Reply.objects.visible_to(self.user).filter(match=self.match).select_related("user", "by"),
            "reads": reads_concerns(self.user, self.cohort.workspace_id),
        }


class DeleteReply(CohortObjectView[Reply]):
    """Delete a reply recorded by mistake."""

    asks = {
        "": Ask(
            "Delete this note?",
            "Delete the note",
            "The note and its words are gone, and the reminders that it ended go on.",
        ),
    }

    http_method_names = ["post"]

    def get_rows(self) -> QuerySet[Reply]:
        return self.cohort.replies.select_related("match")

    def post(self, request: HttpRequest) -> HttpResponse:
        reply, slug = self.object, self.cohort.slug
        delete_reply(reply=reply, by=self.user)
        messages.success(request, "The note is gone. Reminders that it ended go on.")
        if checkin := number_in(request.POST.get("checkin")):
            return redirect("checkins:checkin-detail", cohort_slug=slug, pk=checkin)
        if reply.match_id:
            return redirect("checkins:reply-create", cohort_slug=slug, pk=reply.match_id)
        return redirect("checkins:checkin-list", cohort_slug=slug)


def note_from(
    request: HttpRequest, form: ReplyForm, *, cohort: Cohort, match: Match | None, checkin: CheckIn | None = None
) -> bool:
    """Record the reply in a valid form, with a message. Otherwise the form shows its errors and nothing is written."""
    if not form.is_valid():
        return False
    said = {name: form.cleaned_data[name] for name in ("how", "day", "words", "stop", "case") if name in form.fields}
    try:
        reply, case = note_reply(
            cohort=cohort,
            match=match,
            checkin=checkin,
            user=form.user,
            by=request.user,
            **said,  # type: ignore[arg-type]
        )
    except ServiceError as error:
        form.add_error(None, str(error))
        return False
    text = format_html("Noted: {}.", reply)
    if case:
        text += format_html(' <a href="{}">Open the case</a>', case.get_absolute_url())
    messages.success(request, text)
    return True
