"""URLs of the profile."""

from django.urls import path

from mentorship.core.accounts.people import views as accounts_views
from mentorship.core.accounts.sessions.views import SessionList
from mentorship.core.accounts.sign_in.reauthentication import ReauthenticateByCode

app_name = "accounts"
urlpatterns = [
    path("", accounts_views.profile, name="profile"),
    path("sessions/", SessionList.as_view(), name="session-list"),
    path("confirm/", ReauthenticateByCode.as_view(), name="reauthenticate-by-code"),
]
