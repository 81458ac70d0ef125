"""URLs of the people of a cohort, and of people who may be in a programme twice."""

from django.urls import path

from cohorts.people.views import bulk, duplicates, leaving, links, merge_answers, people

PEOPLE = "cohorts/<slug:cohort_slug>/people/"
DUPLICATES = "programmes/<slug:programme_slug>/duplicates/"
urlpatterns = [
    path(PEOPLE, people.PeopleList.as_view(), name="people-list"),
    path(PEOPLE + "decide/", bulk.Decide.as_view(), name="enrollment-decide"),
    path(PEOPLE + "group/", bulk.MoveToGroup.as_view(), name="people-move"),
    path(PEOPLE + "undo/", bulk.UndoOfMany.as_view(), name="people-undo"),
    path(PEOPLE + "<int:pk>/", people.EnrollmentDetail.as_view(), name="enrollment-detail"),
    path(PEOPLE + "<int:pk>/withdraw/", leaving.Withdraw.as_view(), name="enrollment-withdraw"),
    path(PEOPLE + "<int:pk>/remove/", leaving.Remove.as_view(), name="enrollment-remove"),
    path(PEOPLE + "<int:pk>/lead/", people.ChangeLead.as_view(), name="enrollment-change-lead"),
    path(PEOPLE + "<int:pk>/group/", people.SetGroup.as_view(), name="enrollment-set-group"),
    path(PEOPLE + "<int:pk>/links/", links.LinksOfPeople.as_view(), name="enrollment-links"),
    path(PEOPLE + "<int:pk>/put-back/", people.PutBack.as_view(), name="enrollment-put-back"),
    path("accounts/two/<str:token>/", merge_answers.MergeAgree.as_view(), name="merge-agree"),
    path("accounts/together/<str:token>/", merge_answers.MergeAllow.as_view(), name="merge-allow"),
    path(DUPLICATES, duplicates.DuplicateList.as_view(), name="duplicate-list"),
    path(DUPLICATES + "merge/", duplicates.DuplicatesMerge.as_view(), name="duplicate-merge"),
    path(DUPLICATES + "apart/", duplicates.DuplicatesMarkDifferent.as_view(), name="duplicate-mark-different"),
    path(DUPLICATES + "<int:pk>/undo/", duplicates.DuplicatesUndo.as_view(), name="duplicate-undo-merge"),
]
