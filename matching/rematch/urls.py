"""URLs of finding another mentor and of asking for one."""

from django.urls import path

from matching.rematch.views import RematchPage, ReplacementSearchView, RequestRematch, SettleWish

MATCHES = "cohorts/<slug:cohort_slug>/matches/"
urlpatterns = [
    path(MATCHES + "<int:pk>/rematch/", RematchPage.as_view(), name="match-rematch"),
    path(MATCHES + "<int:pk>/rematch/search/", ReplacementSearchView.as_view(), name="replacement-search"),
    path(MATCHES + "wishes/<int:pk>/settle/", SettleWish.as_view(), name="wish-settle"),
    path("my/matches/<int:pk>/another/", RequestRematch.as_view(), name="my-rematch-request"),
]
