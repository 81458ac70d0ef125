"""URLs of the import."""

from django.urls import path

from cohorts.imports import views

IMPORT = "cohorts/<slug:cohort_slug>/people/import/"
urlpatterns = [
    path(IMPORT, views.ImportUpload.as_view(), name="import-create"),
    path(IMPORT + "<int:pk>/", views.ImportBatchDetail.as_view(), name="import-detail"),
    path(IMPORT + "<int:pk>/rejected.csv", views.RejectedRows.as_view(), name="import-rejected-list"),
]
