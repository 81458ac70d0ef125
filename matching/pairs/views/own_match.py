"""The base of pages about one of the reader's own matches."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.urls import reverse

from matching.models import Match
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.views import LookupView


class OwnMatchView(LoginRequiredMixin, LookupView):
    """A page about one of the reader's own matches, including ended ones; 404 for everybody else."""

    match: Match

    def look_up(self) -> None:
        self.match = get_visible_or_404(Match.objects.ever_of_person(self.user).with_people(), pk=self.kwargs["pk"])

    @property
    def match_url(self) -> str:
        """The page of the pair."""
        return reverse("matching:my-match", args=[self.match.pk])
