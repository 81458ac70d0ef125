"""Addresses of sign-up and import."""

urlpatterns = []
