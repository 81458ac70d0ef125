"""Addresses of sponsorships, their instalments and deliverables."""

from django.urls import path

from partners.sponsorships import deliverable_views, framework_views, views

urlpatterns = [
    path("agreements/<int:pk>/", framework_views.AgreementDetail.as_view(), name="agreement-detail"),
    path("agreements/<int:pk>/edit/", framework_views.AgreementEdit.as_view(), name="agreement-edit"),
    path("agreements/<int:pk>/remove/", framework_views.AgreementDelete.as_view(), name="agreement-delete"),
    path(
        "agreements/<int:pk>/instalments/",
        framework_views.AgreementInstalments.as_view(),
        name="agreement-instalment-create",
    ),
    path(
        "agreements/<int:pk>/instalments/<int:instalment>/",
        framework_views.AgreementInstalmentDelete.as_view(),
        name="agreement-instalment-delete",
    ),
    path("agreements/<int:pk>/scopes/add/", framework_views.ScopeCreate.as_view(), name="scope-create"),
    path("agreements/<int:pk>/scopes/<int:scope>/", framework_views.ScopeEdit.as_view(), name="scope-edit"),
    path("agreements/<int:pk>/scopes/<int:scope>/remove/", framework_views.ScopeDelete.as_view(), name="scope-delete"),
    path("sponsorships/<int:pk>/", views.SponsorshipDetail.as_view(), name="sponsorship-detail"),
    path("sponsorships/<int:pk>/edit/", views.SponsorshipEdit.as_view(), name="sponsorship-edit"),
    path("sponsorships/<int:pk>/instalments/", views.InstalmentCreate.as_view(), name="instalment-create"),
    path(
        "sponsorships/<int:pk>/instalments/<int:instalment>/",
        views.InstalmentDelete.as_view(),
        name="instalment-delete",
    ),
    path(
        "agreements/<int:pk>/deliverables/",
        deliverable_views.AgreementDeliverableCreate.as_view(),
        name="agreement-deliverable-create",
    ),
    path(
        "agreements/<int:pk>/deliverables/<int:deliverable>/",
        deliverable_views.AgreementDeliverableEdit.as_view(),
        name="agreement-deliverable-edit",
    ),
    path(
        "sponsorships/<int:pk>/deliverables/", deliverable_views.DeliverableCreate.as_view(), name="deliverable-create"
    ),
    path(
        "sponsorships/<int:pk>/deliverables/<int:deliverable>/",
        deliverable_views.DeliverableEdit.as_view(),
        name="deliverable-edit",
    ),
]

# Below the address of one partner.
partner_urlpatterns = [
    path("agreements/add/", framework_views.AgreementCreate.as_view(), name="agreement-create"),
    path("sponsorships/add/", views.SponsorshipCreate.as_view(), name="sponsorship-create"),
    path("sponsorships/<int:pk>/remove/", views.SponsorshipDelete.as_view(), name="sponsorship-delete"),
]
