"""Addresses of impact reports and a partner's impact page."""

from django.urls import path

from partners.reports import views

urlpatterns = [
    path("reports/", views.ReportList.as_view(), name="report-list"),
    path("reports/new/", views.ReportCreate.as_view(), name="report-create"),
    path("reports/<int:pk>/", views.ReportDetail.as_view(), name="report-detail"),
    path("reports/<int:pk>/edit/", views.ReportEdit.as_view(), name="report-edit"),
    path("reports/<int:pk>/publish/", views.ReportPublish.as_view(), name="report-publish"),
    path("reports/<int:pk>/links/<int:link>/", views.LinkRevoke.as_view(), name="report-link-revoke"),
    path("reports/<int:pk>/<int:number>/", views.VersionDetail.as_view(), name="version-detail"),
    path("reports/<int:pk>/<int:number>/share/", views.VersionShare.as_view(), name="version-share"),
    path("reports/<int:pk>/<int:number>/beside/<int:other>/", views.VersionCompare.as_view(), name="version-compare"),
    path("shared/<str:token>/", views.VersionByLink.as_view(), name="version-by-link"),
]

# Below the address of one partner.
partner_urlpatterns = [
    path("impact/<slug:cohort_slug>/", views.ImpactPage.as_view(), name="impact-detail"),
]
