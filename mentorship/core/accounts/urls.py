"""URLs of the profile."""

from django.urls import path

from mentorship.core.accounts import views as accounts_views
from mentorship.core.accounts.reauthentication import ReauthenticateByCode
from mentorship.core.accounts.session_views import SessionList

app_name = "accounts"
urlpatterns = [
    path("", accounts_views.profile, name="profile"),
    path("sessions/", SessionList.as_view(), name="session-list"),
    path("confirm/", ReauthenticateByCode.as_view(), name="reauthenticate-by-code"),
]
