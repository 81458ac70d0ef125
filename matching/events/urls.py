"""URLs of speed mentoring."""

from django.urls import path

from matching.events.views.check_in import EventCheckIn, EventPoster
from matching.events.views.events import (
    EventAction,
    EventCreate,
    EventDetail,
    EventEdit,
    EventList,
    EventLive,
    EventPlan,
)
from matching.events.views.my_event import EventByLink, EventCalendar, MyEvent
from matching.events.views.public_event import GuestCalendar, GuestPage, PublicEvent

EVENTS = "cohorts/<slug:cohort_slug>/matching/events/"
OF_EVENT = EVENTS + "<int:pk>/"
urlpatterns = [
    path(EVENTS, EventList.as_view(), name="event-list"),
    path(EVENTS + "new/", EventCreate.as_view(), name="event-create"),
    path(OF_EVENT, EventDetail.as_view(), name="event-detail"),
    path(OF_EVENT + "edit/", EventEdit.as_view(), name="event-edit"),
    path(OF_EVENT + "do/", EventAction.as_view(), name="event-do"),
    path(OF_EVENT + "check-in/", EventCheckIn.as_view(), name="event-checkin"),
    path(OF_EVENT + "poster/", EventPoster.as_view(), name="event-poster"),
    path(OF_EVENT + "tables/", EventPlan.as_view(), name="event-plan"),
    path(OF_EVENT + "live/", EventLive.as_view(), name="event-live"),
    path(OF_EVENT + "live/state/", EventLive.as_view(state=True), name="event-state"),
    path("events/<str:token>/", EventByLink.as_view(), name="event-answer"),
    path("events/<str:token>/calendar.ics", EventCalendar.as_view(), name="event-calendar"),
    path("e/<slug:code>/", PublicEvent.as_view(), name="event-public"),
    path("events/guest/<str:token>/", GuestPage.as_view(), name="event-guest"),
    path("events/guest/<str:token>/calendar.ics", GuestCalendar.as_view(), name="event-guest-calendar"),
    path("my/events/<int:pk>/", MyEvent.as_view(), name="my-event"),
]
