"""Addresses of sponsorships, their instalments and deliverables."""

from django.urls import path

from partners.sponsorships import views

urlpatterns = [
    path("sponsorships/<int:pk>/", views.SponsorshipDetail.as_view(), name="sponsorship"),
    path("sponsorships/<int:pk>/edit/", views.SponsorshipEdit.as_view(), name="sponsorship-edit"),
    path("sponsorships/<int:pk>/instalments/", views.InstalmentCreate.as_view(), name="instalment-add"),
    path(
        "sponsorships/<int:pk>/instalments/<int:instalment>/",
        views.InstalmentRemove.as_view(),
        name="instalment-remove",
    ),
    path("sponsorships/<int:pk>/deliverables/", views.DeliverableCreate.as_view(), name="deliverable-add"),
    path("sponsorships/<int:pk>/deliverables/<int:deliverable>/", views.DeliverableEdit.as_view(), name="deliverable"),
]

# Below the address of one partner.
partner_urlpatterns = [
    path("sponsorships/add/", views.SponsorshipCreate.as_view(), name="sponsorship-add"),
    path("sponsorships/<int:pk>/remove/", views.SponsorshipRemove.as_view(), name="sponsorship-remove"),
]
