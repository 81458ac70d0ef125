"""Preview and send invitations to a training."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from cohorts.bulk_actions.views import answer_for_many
from cohorts.cohort_view import CohortObjectView
from training.models import Training, TrainingSession
from training.sessions.forms import InviteForm
from training.sessions.invitations import invitation_mail, people_to_invite


class Invite(CohortObjectView[Training]):
    """Write to everybody who has no slot of a training yet, after a look at the mail."""

    template_name = "training/sessions/invite.html"
    for_editors = True

    def get_rows(self) -> QuerySet[Training]:
        open_to_us = Q(sessions__in=TrainingSession.objects.for_cohort(self.cohort))
        return Training.objects.filter(Q(provider__workspace=self.workspace_id) | open_to_us).distinct()

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(**self._preview(InviteForm()))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = InviteForm(request.POST)
        if not form.is_valid() or "preview" in request.POST:
            return self.page(status=422 if form.errors else 200, **self._preview(form))
        return answer_for_many(
            self,
            "training-invitations",
            [one.pk for one in people_to_invite(self.cohort, self.object)],
            about=self.object.pk,
            given={"words": form.cleaned_data["words"]},
            back=reverse("training:session-list", args=[self.cohort.slug]),
        )

    def _preview(self, form: InviteForm) -> dict[str, Any]:
        people = people_to_invite(self.cohort, self.object)
        words = form.cleaned_data.get("words", "") if form.is_bound else ""
        mail = invitation_mail(people[0], self.object, words) if people else None
        return {
            "training": self.object,
            "people": people,
            "form": form,
            "mail": mail and {"to": people[0].user, "subject": mail[0], "text": mail[1]},
        }
