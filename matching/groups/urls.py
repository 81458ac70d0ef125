"""URLs of goal groups."""

from django.urls import path

from matching.groups.views.groups import GoalGroupEdit, GroupConfirm, GroupFinish, GroupList
from matching.groups.views.my_groups import GroupChoiceByLink, MyGroup, MyGroups

GROUPS = "cohorts/<slug:cohort_slug>/matching/groups/"
OF_GROUP = GROUPS + "<int:pk>/"
urlpatterns = [
    path(GROUPS, GroupList.as_view(), name="group-list"),
    path(GROUPS + "new/", GoalGroupEdit.as_view(), name="group-create"),
    path(OF_GROUP + "edit/", GoalGroupEdit.as_view(), name="group-edit"),
    path(OF_GROUP + "confirm/", GroupConfirm.as_view(), name="group-introduce"),
    path(OF_GROUP + "finish/", GroupFinish.as_view(), name="group-finish"),
    path("my/groups/of/<int:pk>/", MyGroup.as_view(), name="my-group"),
    path("my/groups/<int:pk>/", MyGroups.as_view(), name="my-groups"),
    path("groups/<str:token>/", GroupChoiceByLink.as_view(), name="group-choose"),
]
