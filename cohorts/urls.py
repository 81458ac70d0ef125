"""URLs of all subjects of the app."""

from django.urls import include, path

app_name = "cohorts"
urlpatterns = [
    path("", include("cohorts.setup.urls")),
    path("", include("cohorts.plan.urls")),
    path("", include("cohorts.bulk_actions.urls")),
    path("", include("cohorts.channels.urls")),
    path("", include("cohorts.calendar.urls")),
    path("", include("cohorts.signup_form.urls")),
    path("", include("cohorts.people.urls")),
    path("", include("cohorts.review.urls")),
    path("", include("cohorts.mailings.urls")),
    path("", include("cohorts.invitations.urls")),
    path("", include("cohorts.topics.urls")),
    path("", include("cohorts.imports.urls")),
    path("", include("cohorts.selection.urls")),
    path("", include("cohorts.sharing.urls")),
    path("", include("cohorts.places.urls")),
    # Last: join/<cohort>/<role>/ takes any word.
    path("", include("cohorts.signup.urls")),
]
