"""The address of a history."""

from django.urls import path

from mentorship.core.history.views import HistoryList

app_name = "history"
urlpatterns = [path("<str:kind>/<str:key>/", HistoryList.as_view(), name="history-list")]
