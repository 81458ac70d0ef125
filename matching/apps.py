from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "matching"
    label = "matching"

    def ready(self) -> None:
        """Provide what this app adds to those below it."""
        from matching.histories import HISTORIES_OF_APP
        from matching.personal_data import PERSONAL_DATA_RULES
        from mentorship.core.history.subjects import HISTORIES
        from mentorship.core.personal_data import PERSONAL_DATA

        self._add_to_people()
        self._add_to_mails()
        HISTORIES.provide("matching", HISTORIES_OF_APP, by=self.name)
        PERSONAL_DATA.provide("matching", PERSONAL_DATA_RULES, by=self.name)

    def _add_to_people(self) -> None:
        """Facts about pairs, events and groups for lists, calendars and the page for leaving."""
        from cohorts.calendar.ics import CALENDAR_EVENTS
        from cohorts.enrollment.extensions import COMPANIONS, ENDINGS
        from cohorts.people.extensions import ENROLLMENT_FACTS
        from cohorts.people.filters import PEOPLE_FILTERS
        from cohorts.signup.prefill import SAID_ELSEWHERE
        from matching.consent.endings import questions_that_end
        from matching.events.calendar import calendar_events_of
        from matching.events.endings import events_that_end
        from matching.events.guests import said_at_an_event
        from matching.events.people_filters import EVENT_FILTER
        from matching.groups.endings import groups_that_end
        from matching.groups.people_filters import GROUP_FILTER
        from matching.intro.capacity import place_facts
        from matching.pairs.meetings import meetings_of
        from matching.pairs.people_filter import MATCH_FILTER
        from matching.pauses.people_filter import PAUSE_FILTER
        from matching.rematch.endings import introduced_to, matches_that_end

        ENROLLMENT_FACTS.provide("places", place_facts, by=self.name)
        PEOPLE_FILTERS.provide("match", MATCH_FILTER, by=self.name)
        PEOPLE_FILTERS.provide("pause", PAUSE_FILTER, by=self.name)
        PEOPLE_FILTERS.provide("event", EVENT_FILTER, by=self.name)
        PEOPLE_FILTERS.provide("goal", GROUP_FILTER, by=self.name)
        ENDINGS.provide("matches", matches_that_end, by=self.name)
        ENDINGS.provide("pairs that are asked", questions_that_end, by=self.name)
        ENDINGS.provide("speed mentoring", events_that_end, by=self.name)
        ENDINGS.provide("goal groups", groups_that_end, by=self.name)
        SAID_ELSEWHERE.provide("events", said_at_an_event, by=self.name)
        COMPANIONS.provide("matches", introduced_to, by=self.name)
        CALENDAR_EVENTS.provide("speed mentoring", calendar_events_of, by=self.name)
        CALENDAR_EVENTS.provide("meetings of pairs", meetings_of, by=self.name)

    def _add_to_mails(self) -> None:
        """Planned mails of this app, their audiences, and mails that are not sent again."""
        from cohorts.bulk_actions.services import BULK_KINDS
        from matching.consent import mails as consent_mails
        from matching.consent.planned_mail import QUESTIONS
        from matching.events import mails as event_mails
        from matching.events.planned_mail import EVENTS
        from matching.events.services import INVITATIONS
        from matching.groups import mails as group_mails
        from matching.groups.audience import still_in_group
        from matching.groups.services import GROUP_QUESTIONS
        from matching.intro import mails as intro_mails
        from matching.intro.audience import still_a_pair
        from matching.intro.undo import undone_intro_guard
        from matching.pairs import meeting_mails
        from matching.rematch import mails as ended_mails
        from mentorship.core.outbox.delivery.resend_guards import RESEND_GUARDS
        from mentorship.core.outbox.delivery.still_for import STILL_FOR
        from mentorship.core.outbox.planned.planned_mail import PLANNED_MAIL

        BULK_KINDS.provide("event-invitations", INVITATIONS, by=self.name)
        BULK_KINDS.provide("group-questions", GROUP_QUESTIONS, by=self.name)
        PLANNED_MAIL.provide("pairs that are asked", QUESTIONS, by=self.name)
        PLANNED_MAIL.provide("speed mentoring", EVENTS, by=self.name)
        RESEND_GUARDS.provide("undone intros", undone_intro_guard, by=self.name)
        STILL_FOR.provide(intro_mails.RULE, still_a_pair, by=self.name)
        STILL_FOR.provide(ended_mails.RULE, ended_mails.still_to_be_told, by=self.name)
        STILL_FOR.provide(consent_mails.RULE, consent_mails.still_asked, by=self.name)
        STILL_FOR.provide(event_mails.RULE, event_mails.still_invited, by=self.name)
        STILL_FOR.provide(group_mails.RULE, still_in_group, by=self.name)
        STILL_FOR.provide(meeting_mails.RULE, meeting_mails.still_meeting, by=self.name)
