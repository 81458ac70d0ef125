"""URLs about personal data: the privacy notice, retention times, and requests."""

from django.urls import path

from mentorship.operations.data_requests.views import MyRequests, RequestDetail, RequestList
from mentorship.operations.persons.views import my_data
from mentorship.operations.privacy.views import DetailsEdit, PrivacyNotice
from mentorship.operations.retention.views import RetentionPage

urlpatterns = [
    path("profile/data/", my_data, name="my-data"),
    path("profile/data/requests/", MyRequests.as_view(), name="data-request-mine"),
    path("privacy/", PrivacyNotice.as_view(), name="privacy-notice"),
    path("privacy/<slug:programme_slug>/", PrivacyNotice.as_view(), name="privacy-notice-of-programme"),
    path("privacy-details/", DetailsEdit.as_view(), name="privacy-details-edit"),
    path("retention/", RetentionPage.as_view(), name="retention"),
    path("data-requests/", RequestList.as_view(), name="data-request-list"),
    path("data-requests/<int:pk>/", RequestDetail.as_view(), name="data-request-detail"),
]
