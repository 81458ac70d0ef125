"""Addresses of partners."""

from django.urls import path

from partners import views

app_name = "partners"
urlpatterns = [
    path("", views.PartnerList.as_view(), name="list"),
    path("new/", views.PartnerCreate.as_view(), name="create"),
    path("<slug:slug>/", views.PartnerDetail.as_view(), name="partner"),
    path("<slug:slug>/edit/", views.PartnerEdit.as_view(), name="edit"),
    path("<slug:slug>/contacts/invite/", views.ContactInvite.as_view(), name="contact-invite"),
    path("<slug:slug>/contacts/<int:pk>/remove/", views.ContactRemove.as_view(), name="contact-remove"),
    path("<slug:slug>/sponsorships/add/", views.SponsorshipAdd.as_view(), name="sponsorship-add"),
    path("<slug:slug>/sponsorships/<int:pk>/remove/", views.SponsorshipRemove.as_view(), name="sponsorship-remove"),
    path("<slug:slug>/impact/<slug:cohort_slug>/", views.ImpactPage.as_view(), name="impact"),
]
