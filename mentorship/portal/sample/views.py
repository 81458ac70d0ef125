"""Add sample data and remove it."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views import View

from cohorts.models import Enrollment
from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.ui.markup import counted
from mentorship.core.views import AsksFirst, Question, errors_as_messages
from mentorship.portal.sample.services import DOMAIN, create_sample, delete_sample, sample_of


class SampleCreate(CoordinatorRequiredMixin, View):
    """Add the sample programme, and show Today of its round."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        with errors_as_messages(request):
            cohort = create_sample(by=cast(User, request.user), today=timezone.localdate())
            messages.success(request, "Sample data added. Try what you like: none of its emails are sent.")
            return redirect(f"{reverse('home')}?cohort={cohort.slug}")
        return redirect("first-run")


class SampleDelete(CoordinatorRequiredMixin, AsksFirst):
    """Remove the sample programme whole."""

    http_method_names = ("post",)

    def ask_first(self) -> Question | None:
        programme = sample_of(cast(User, self.request.user))
        if programme is None:
            return None
        people = Enrollment.objects.filter(cohort__programme=programme)
        added = people.exclude(user__email__endswith=f"@{DOMAIN}").count()
        mails = OutboxMessage.objects.filter(workspace=programme.workspace_id).count()
        text = [f"{counted(people.count(), 'sign-up')} and {counted(mails, 'unsent email')} are deleted for good."]
        if added:
            text.append(f"{counted(added, 'sign-up is,sign-ups are')} of people whom you added: they go as well.")
        return Question(
            "Remove the sample data?",
            "Remove sample data",
            [*text, "Nobody is told."],
            reverse("first-run"),
            danger=True,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        programme = sample_of(cast(User, request.user))
        if programme is None:
            messages.info(request, "The sample data was removed before.")
            return redirect("home")
        with errors_as_messages(request):
            delete_sample(programme=programme, by=cast(User, request.user))
            messages.success(request, "Sample data removed.")
        return redirect("home")
