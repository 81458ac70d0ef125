"""Addresses of speed mentoring and goal groups. Part of the names `matching:`."""

from django.urls import path

from matching.views import events, groups

OF_COHORT = "cohorts/<slug:cohort_slug>/matching/"
OF_EVENT = OF_COHORT + "events/<int:pk>/"
OF_GROUP = OF_COHORT + "groups/<int:pk>/"
urlpatterns = [
    path(OF_COHORT + "events/", events.EventList.as_view(), name="events"),
    path(OF_COHORT + "events/new/", events.EventCreate.as_view(), name="event-create"),
    path(OF_EVENT, events.EventDetail.as_view(), name="event"),
    path(OF_EVENT + "edit/", events.EventEdit.as_view(), name="event-edit"),
    path(OF_EVENT + "do/", events.EventDo.as_view(), name="event-do"),
    path(OF_EVENT + "check-in/", events.CheckIn.as_view(), name="event-checkin"),
    path(OF_EVENT + "tables/", events.EventPlan.as_view(), name="event-plan"),
    path(OF_EVENT + "live/", events.EventLive.as_view(), name="event-live"),
    path(OF_EVENT + "live/state/", events.EventLive.as_view(state=True), name="event-state"),
    path("events/<str:token>/", events.EventByLink.as_view(), name="event-link"),
    path("events/<str:token>/calendar.ics", events.EventCalendar.as_view(), name="event-calendar"),
    path("my/events/<int:pk>/", events.MyEvent.as_view(), name="my-event"),
    path(OF_COHORT + "groups/", groups.GroupList.as_view(), name="groups"),
    path(OF_COHORT + "groups/new/", groups.GroupEdit.as_view(), name="group-create"),
    path(OF_GROUP + "edit/", groups.GroupEdit.as_view(), name="group-edit"),
    path(OF_GROUP + "confirm/", groups.GroupConfirm.as_view(), name="group-confirm"),
    path(OF_GROUP + "finish/", groups.GroupFinish.as_view(), name="group-finish"),
    path("my/groups/of/<int:pk>/", groups.MyGroup.as_view(), name="my-group"),
    path("groups/<str:token>/", groups.ChooseByLink.as_view(), name="groups-link"),
    path("my/groups/<int:pk>/", groups.MyGroups.as_view(), name="my-groups"),
]
