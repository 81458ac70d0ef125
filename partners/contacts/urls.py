"""Addresses of the contacts of a partner."""

from django.urls import path

from partners.contacts import views

# Below the address of one partner.
partner_urlpatterns = [
    path("contacts/invite/", views.ContactInvite.as_view(), name="contact-invite"),
    path("contacts/away/", views.ContactAbsence.as_view(), name="contact-absence"),
    path("contacts/<int:pk>/", views.ContactEdit.as_view(), name="contact-edit"),
    path("contacts/<int:pk>/remove/", views.ContactDelete.as_view(), name="contact-delete"),
]
