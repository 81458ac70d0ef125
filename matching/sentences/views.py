"""Edit the sentence that tells a pair why they were matched."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cohorts.cohort_view import CohortView
from cohorts.models import Enrollment
from matching.addresses import board_address
from matching.models import MatchRun
from matching.sentences.forms import SentenceForm
from matching.sentences.services import EditableSentence, edit_sentence, sentence_of_pair
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.views import FormPage, errors_as_messages


class EditSentence(FormPage, CohortView):
    """The sentence that tells a pair why they were matched: edit it, leave it out, or take the run's again."""

    template_name = "matching/sentences/sentence.html"
    for_editors = True
    error_field = "text"
    sentence: EditableSentence

    def look_up(self) -> None:
        super().look_up()
        people = Enrollment.objects.filter(cohort=self.cohort).with_people()
        mentee = get_visible_or_404(people.filter(role="mentee"), pk=self.kwargs["mentee_pk"])
        mentor = get_visible_or_404(people.filter(role="mentor"), pk=self.kwargs["mentor_pk"])
        found = sentence_of_pair(mentee, mentor)
        if found is None:
            raise Http404
        self.sentence = found

    def get_form(self, *data: Any) -> SentenceForm:
        return SentenceForm(*data[:1], initial={"text": self.sentence.text or self.sentence.by_run})

    def post(self, request: HttpRequest) -> HttpResponse:
        do = request.POST.get("do")
        if do not in ("leave out", "undo"):
            return super().post(request)
        with errors_as_messages(request):
            self._edit("" if do == "leave out" else None)
        return redirect(self._back)

    def save(self, form: SentenceForm) -> HttpResponse:
        self._edit(form.cleaned_data["text"])
        return redirect(self._back)

    def _edit(self, text: str | None) -> None:
        one, seen = self.sentence, self.request.POST.get("seen", "")
        edit_sentence(mentee=one.mentee, mentor=one.mentor, text=text, seen=seen, by=self.user)
        words = "Left out. The two of them read no reason." if text == "" else "Saved. Both of them will read this."
        if not getattr(self.request, "htmx", None):  # the board shows it at once
            messages.success(self.request, words)

    @property
    def _back(self) -> str:
        """Where the sentence is shown: the board that it was edited on, the match, or the preview of the intro."""
        if board := self.request.POST.get("back"):
            return board_address(self.cohort, board)
        if self.sentence.match:
            return self.sentence.match.get_absolute_url()
        run = MatchRun.objects.filter(cohort=self.cohort, status=MatchRun.Status.READY).first()
        if run is None:
            return reverse("matching:question-list", args=[self.cohort.slug])
        page = reverse("matching:run-preview", args=[self.cohort.slug, run.number])
        return f"{page}?mentee={self.sentence.mentee.pk}#intro"

    def get_context(self) -> dict[str, Any]:
        board = self.request.POST.get("back", "")
        return {**super().get_context(), "sentence": self.sentence, "back": self._back, "board": board}
