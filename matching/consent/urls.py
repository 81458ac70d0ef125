"""URLs of confirming pairs and asking their people first."""

from django.urls import path

from matching.consent.views import confirm as confirm_views
from matching.consent.views import questions as questions_views
from matching.intro import views as intro_views
from matching.pauses import views as pauses_views
from matching.rematch import views as rematch_views

MATCHING = "cohorts/<slug:cohort_slug>/matching/"
MATCHES = "cohorts/<slug:cohort_slug>/matches/"
urlpatterns = [
    path(MATCHING + "confirming/", confirm_views.EditConfirmPolicy.as_view(), name="confirm-policy"),
    path(MATCHING + "<int:number>/ask/", confirm_views.Ask.as_view(), name="ask"),
    path(MATCHING + "pauses/", pauses_views.PauseList.as_view(), name="pauses"),
    path(MATCHING + "pauses/<int:pk>/", pauses_views.PauseEdit.as_view(), name="pause"),
    path(MATCHES + "undo/", intro_views.UndoConfirmation.as_view(), name="undo"),
    path(MATCHES + "asked/", questions_views.QuestionList.as_view(), name="asked"),
    path(MATCHES + "asked/<int:pk>/do/", questions_views.QuestionAction.as_view(), name="asked-do"),
    path(MATCHES + "<int:pk>/rematch/", rematch_views.RematchPage.as_view(), name="rematch"),
    path(MATCHES + "<int:pk>/rematch/search/", rematch_views.ReplacementSearchView.as_view(), name="rematch-search"),
    path(MATCHES + "wishes/<int:pk>/settle/", rematch_views.SettleWish.as_view(), name="wish-settle"),
    path("asked/<str:token>/", questions_views.AnswerByLink.as_view(), name="asked-link"),
    path("my/matches/<int:pk>/another/", rematch_views.RequestRematch.as_view(), name="my-match-another"),
    path("my/pause/<int:pk>/", pauses_views.MyPause.as_view(), name="my-pause"),
]
