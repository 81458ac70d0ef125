"""Addresses of matching; each subject lists its own."""

from django.urls import include, path

app_name = "matching"
urlpatterns = [
    path("", include("matching.policy.urls")),
    path("", include("matching.past_weights.urls")),
    path("", include("matching.supply.urls")),
    path("", include("matching.board.urls")),
    path("", include("matching.meeting_times.urls")),
    path("", include("matching.sentences.urls")),
    path("", include("matching.intro.urls")),
    path("", include("matching.consent.urls")),
    path("", include("matching.pairs.urls")),
    path("", include("matching.rematch.urls")),
    path("", include("matching.pauses.urls")),
    path("", include("matching.events.urls")),
    path("", include("matching.groups.urls")),
]
