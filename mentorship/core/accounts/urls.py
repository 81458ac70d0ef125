"""URLs of the profile."""

from django.urls import path

from mentorship.core.accounts import views as accounts_views

app_name = "accounts"
urlpatterns = [path("", accounts_views.profile, name="profile")]
