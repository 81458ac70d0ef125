"""A person's own addresses."""

from django.urls import path

from mentorship.accounts import views

app_name = "accounts"
urlpatterns = [path("", views.profile, name="profile")]
