"""Every address of the site."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from mentorship.core.accounts.people.views import EmailPage
from mentorship.core.audit.admin import record_all
from mentorship.core.outbox import health
from mentorship.core.outbox.delivery.provider_webhook import mail_report
from mentorship.core.outbox.live_links.views import MyLinks
from mentorship.portal import home, next_round, round_series
from mentorship.portal.first_run.views import FirstRun
from mentorship.portal.guide.views import Help
from mentorship.portal.sample.views import SampleCreate, SampleDelete
from mentorship.portal.saved_views.views import SavedViewCreate, SavedViewDelete
from mentorship.portal.search.views import Search
from mentorship.portal.team_news.views import TeamNews, TeamNewsByLink
from mentorship.portal.waiting import Waiting

handler400 = "mentorship.core.web.too_large.bad_request_response"
handler500 = "mentorship.core.web.database.error_response"

# Operators sign in where everybody does, with its limits and their second factor.
admin.autodiscover()
record_all(admin.site)
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.password_change = RedirectView.as_view(  # type: ignore[method-assign, assignment]
    pattern_name="account_change_password"
)

urlpatterns = [
    path("", home.home, name="home"),
    path("cohorts/<slug:cohort_slug>/waiting/", Waiting.as_view(), name="waiting"),
    path("help/", Help.as_view(), name="help"),
    path("help/<slug:page>/", Help.as_view(), name="help-page"),
    path("search/", Search.as_view(), name="search"),
    path("setup/sample/", SampleCreate.as_view(), name="sample-create"),
    path("setup/sample/delete/", SampleDelete.as_view(), name="sample-delete"),
    path("setup/", FirstRun.as_view(), name="first-run"),
    path("health/page/", health.HealthPage.as_view(), name="health-page"),
    path("mail-reports/<slug:provider>/", mail_report, name="mail-report"),
    path("accounts/email/", EmailPage.as_view(), name="account_email"),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("views/", SavedViewCreate.as_view(), name="saved-view-create"),
    path("views/<int:pk>/delete/", SavedViewDelete.as_view(), name="saved-view-delete"),
    path("profile/news/", TeamNews.as_view(), name="team-news"),
    path("news/<str:token>/", TeamNewsByLink.as_view(), name="team-news-by-link"),
    path("profile/links/", MyLinks.as_view(), name="my-links"),
    path("", include("mentorship.operations.urls")),
    path("profile/", include("mentorship.core.accounts.urls")),
    path("history/", include("mentorship.core.history.urls")),
    path("messages/", include("mentorship.core.outbox.messages.urls")),
    path("operator/", admin.site.urls),
    path("partners/", include("partners.urls")),
    path("", include("checkins.urls")),
    path("", include("training.urls")),
    path("", include("matching.urls")),
    path("", include("mentorship.portal.public_face.urls")),
    path("programmes/<slug:programme_slug>/rounds/new/", round_series.RoundSeriesCreate.as_view(), name="round-series"),
    path("cohorts/<slug:cohort_slug>/repeat/", next_round.NextRoundCreate.as_view(), name="repeat"),
    path("", include("cohorts.urls")),
]
