"""Addresses of sponsorships, their instalments and deliverables."""

from django.urls import path

from partners.sponsorships import views

urlpatterns = [
    path("sponsorships/<int:pk>/", views.SponsorshipDetail.as_view(), name="sponsorship-detail"),
    path("sponsorships/<int:pk>/edit/", views.SponsorshipEdit.as_view(), name="sponsorship-edit"),
    path("sponsorships/<int:pk>/instalments/", views.InstalmentCreate.as_view(), name="instalment-create"),
    path(
        "sponsorships/<int:pk>/instalments/<int:instalment>/",
        views.InstalmentDelete.as_view(),
        name="instalment-delete",
    ),
    path("sponsorships/<int:pk>/deliverables/", views.DeliverableCreate.as_view(), name="deliverable-create"),
    path(
        "sponsorships/<int:pk>/deliverables/<int:deliverable>/",
        views.DeliverableEdit.as_view(),
        name="deliverable-edit",
    ),
]

# Below the address of one partner.
partner_urlpatterns = [
    path("sponsorships/add/", views.SponsorshipCreate.as_view(), name="sponsorship-create"),
    path("sponsorships/<int:pk>/remove/", views.SponsorshipDelete.as_view(), name="sponsorship-delete"),
]
