"""Preview and send invitations to a training."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from cohorts.models import Cohort
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404
from training.catalogue.views import training_or_404
from training.models import Training
from training.sessions.forms import InviteForm
from training.sessions.invitations import invitation_mail, people_to_invite, send_invitations


class Invite(CoordinatorRequiredMixin, View):
    """Write to everybody who has no slot of a training yet; seen before it leaves."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        return self._page(request, cohort, training_or_404(cohort, pk), InviteForm())

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        training = training_or_404(cohort, pk)
        form = InviteForm(request.POST)
        if not form.is_valid() or "preview" in request.POST:
            return self._page(request, cohort, training, form, status=422 if form.errors else 200)
        words = form.cleaned_data["words"]
        number = send_invitations(cohort=cohort, training=training, words=words, by=request.user, now=timezone.now())
        messages.success(request, f"{number} mail{'' if number == 1 else 's'} on the way.")
        return redirect("training:sessions", cohort_slug=cohort.slug)

    @staticmethod
    def _page(
        request: HttpRequest, cohort: Cohort, training: Training, form: InviteForm, status: int = 200
    ) -> HttpResponse:
        people = people_to_invite(cohort, training)
        words = form.cleaned_data.get("words", "") if form.is_bound else ""
        mail = invitation_mail(people[0], training, words) if people else None
        context = {
            "cohort": cohort,
            "training": training,
            "people": people,
            "form": form,
            "mail": mail and {"to": people[0].user, "subject": mail[0], "text": mail[1]},
        }
        return render(request, "training/sessions/invite.html", context, status=status)
