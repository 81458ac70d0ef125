"""URLs of speed mentoring."""

from django.urls import path

from matching.events.views import events as events_views
from matching.events.views import my_event as my_event_views
from matching.groups.views import groups as groups_views
from matching.groups.views import my_groups as my_groups_views

OF_COHORT = "cohorts/<slug:cohort_slug>/matching/"
OF_EVENT = OF_COHORT + "events/<int:pk>/"
OF_GROUP = OF_COHORT + "groups/<int:pk>/"
urlpatterns = [
    path(OF_COHORT + "events/", events_views.EventList.as_view(), name="events"),
    path(OF_COHORT + "events/new/", events_views.EventCreate.as_view(), name="event-create"),
    path(OF_EVENT, events_views.EventDetail.as_view(), name="event"),
    path(OF_EVENT + "edit/", events_views.EventEdit.as_view(), name="event-edit"),
    path(OF_EVENT + "do/", events_views.EventAction.as_view(), name="event-do"),
    path(OF_EVENT + "check-in/", events_views.EventCheckIn.as_view(), name="event-checkin"),
    path(OF_EVENT + "tables/", events_views.EventPlan.as_view(), name="event-plan"),
    path(OF_EVENT + "live/", events_views.EventLive.as_view(), name="event-live"),
    path(OF_EVENT + "live/state/", events_views.EventLive.as_view(state=True), name="event-state"),
    path("events/<str:token>/", my_event_views.EventByLink.as_view(), name="event-link"),
    path("events/<str:token>/calendar.ics", my_event_views.EventCalendar.as_view(), name="event-calendar"),
    path("my/events/<int:pk>/", my_event_views.MyEvent.as_view(), name="my-event"),
    path(OF_COHORT + "groups/", groups_views.GroupList.as_view(), name="groups"),
    path(OF_COHORT + "groups/new/", groups_views.GroupEdit.as_view(), name="group-create"),
    path(OF_GROUP + "edit/", groups_views.GroupEdit.as_view(), name="group-edit"),
    path(OF_GROUP + "confirm/", groups_views.GroupConfirm.as_view(), name="group-confirm"),
    path(OF_GROUP + "finish/", groups_views.GroupFinish.as_view(), name="group-finish"),
    path("my/groups/of/<int:pk>/", my_groups_views.MyGroup.as_view(), name="my-group"),
    path("groups/<str:token>/", my_groups_views.GroupChoiceByLink.as_view(), name="groups-link"),
    path("my/groups/<int:pk>/", my_groups_views.MyGroups.as_view(), name="my-groups"),
]
