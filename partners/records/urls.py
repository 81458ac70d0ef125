"""Addresses of partners, their logo and people."""

from django.urls import path

from partners.records import kind_views, views

urlpatterns = [
    path("", views.PartnerList.as_view(), name="partner-list"),
    path("new/", views.PartnerCreate.as_view(), name="partner-create"),
    path("sponsorships/<int:pk>/ask/", views.SponsoredAsk.as_view(), name="sponsored-ask"),
    path("people/<int:pk>/", views.PersonAnswer.as_view(), name="person-answer"),
]

# Below the address of one partner.
partner_urlpatterns = [
    path("", views.PartnerDetail.as_view(), name="partner-detail"),
    path("edit/", views.PartnerEdit.as_view(), name="partner-edit"),
    path("logo/", views.LogoFile.as_view(), name="logo-file"),
    path("logo/change/", views.LogoEdit.as_view(), name="logo-edit"),
    path("kinds/add/", kind_views.KindCreate.as_view(), name="kind-create"),
    path("kinds/<int:pk>/", kind_views.KindEdit.as_view(), name="kind-edit"),
    path("kinds/<int:pk>/remove/", kind_views.KindDelete.as_view(), name="kind-delete"),
    path("people/", views.PersonLend.as_view(), name="person-lend"),
]
