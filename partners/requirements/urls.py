"""Addresses of requirements and of the answers to them."""

from django.urls import path

from partners.requirements import views

urlpatterns = [
    path("requirements/<slug:programme_slug>/", views.RequirementsEdit.as_view(), name="requirements-edit"),
    path("accept-requirements/<str:token>/", views.RequirementsAnswer.as_view(), name="requirements-answer"),
]

# Below the address of one partner.
partner_urlpatterns = [
    path("requirements/", views.RequirementsAsk.as_view(), name="requirements-ask"),
]
