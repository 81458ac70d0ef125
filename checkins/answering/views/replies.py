"""Note a reply for somebody of a pair, or delete a note."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.views import View

from checkins.answering.forms import ReplyForm
from checkins.answering.replies import delete_reply, note_reply, open_checkins_about, people_of_pair
from checkins.cases.services import reads_concerns
from checkins.models import CheckIn, Reply
from cohorts.models import Cohort
from matching.models import Match
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.errors import ServiceError
from mentorship.core.ui.requests import number_in


class PairReply(CoordinatorRequiredMixin, View):
    """What the people of a pair wrote, and the form for the next time."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        match = _match(Cohort.objects.visible_to(request.user), cohort_slug, pk)
        return self._page(request, match, _form(match))

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        match = _match(Cohort.objects.editable_by(request.user), cohort_slug, pk)
        form = _form(match, request.POST)
        if note_from(request, form, cohort=match.mentee.cohort, match=match):
            return redirect("checkins:health", cohort_slug=cohort_slug)
        return self._page(request, match, form, status=422)

    @staticmethod
    def _page(request: HttpRequest, match: Match, form: ReplyForm, status: int = 200) -> HttpResponse:
        cohort = match.mentee.cohort
        context = {
            "cohort": cohort,
            "match": match,
            "form": form,
            "replies": Reply.objects.visible_to(request.user).filter(match=match).select_related("user", "by"),
            "reads": reads_concerns(request.user, cohort.workspace_id),
            "may_edit": may_edit(request.user, cohort.workspace_id),
        }
        return render(request, "checkins/answering/pair_reply.html", context, status=status)


class DeleteReply(CoordinatorRequiredMixin, View):
    """It was noted by mistake."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        mine = Reply.objects.editable_by(request.user).select_related("match")
        reply = get_visible_or_404(mine, cohort__slug=cohort_slug, pk=pk)
        delete_reply(reply=reply, by=request.user)  # type: ignore[arg-type]
        messages.success(request, "The note is gone. Reminders that it ended go on.")
        if checkin := number_in(request.POST.get("checkin")):
            return redirect("checkins:checkin", cohort_slug=cohort_slug, pk=checkin)
        if reply.match_id:
            return redirect("checkins:pair-reply", cohort_slug=cohort_slug, pk=reply.match_id)
        return redirect("checkins:list", cohort_slug=cohort_slug)


def note_from(
    request: HttpRequest, form: ReplyForm, *, cohort: Cohort, match: Match | None, checkin: CheckIn | None = None
) -> bool:
    """Note what a valid form says, and tell so; else its errors stand in the form, and nothing is written."""
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


def _match(cohorts: Any, cohort_slug: str, pk: int) -> Match:
    return get_visible_or_404(Match.objects.with_people(), mentee__cohort__in=cohorts.filter(slug=cohort_slug), pk=pk)


def _form(match: Match, data: Any = None) -> ReplyForm:
    cohort, people = match.mentee.cohort, people_of_pair(match)
    open_ones = any(open_checkins_about(person, match, cohort, timezone.now()) for person, _ in people)
    return ReplyForm(data, cohort=cohort, people=people, open_ones=open_ones)
