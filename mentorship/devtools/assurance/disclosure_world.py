"""Programmes in which anything may happen between the dates of their reports, and everything that two partners read."""

import random
from datetime import UTC, date, datetime
from typing import Any

from django.test import Client
from django.urls import reverse

from checkins.models import Answer, CheckIn, CheckInWave, Survey, SurveyQuestion
from cohorts.models import Cohort, Enrollment, Group
from mentorship.core.accounts.models import User
from mentorship.core.errors import ServiceError
from mentorship.devtools.testing import factories as typed_factories
from partners.models import PartnerPerson, Sponsorship
from partners.reports.composition import impact_page_data
from partners.reports.services import create_report, publish_report
from training.models import Provider, Training, TrainingBooking, TrainingSession

factories: Any = typed_factories  # a factory returns a row, which its types don't say
COUNTRIES = {"KE": "Kenya", "NG": "Nigeria", "DE": "Germany", "FR": "France", "IN": "India", "": "country not said"}
AT = datetime(2030, 3, 1, tzinfo=UTC)


class World:
    """Two cohorts of one year and what two partners were told of them: (moment, number of the cohort, report)."""

    def __init__(self, seed: int) -> None:
        self.chance, self.moment = random.Random(seed), 0
        programme = factories.ProgrammeFactory()
        self.owner: User = factories.UserFactory()
        # The second is told beside the first, as its last round.
        self.cohorts = [
            factories.CohortFactory(
                status="running", programme=programme, starts_on=date(2030, month, 1), ends_on=date(2030, 5, 1)
            )
            for month in (1, 2)
        ]
        self.partners = [factories.PartnerFactory(workspace=programme.workspace) for _ in range(2)]
        self.groups: list[Group] = []
        self.contacts = [factories.ContactFactory(partner=partner).user for partner in self.partners]
        for partner in self.partners:
            for cohort in self.cohorts:
                group = Group.objects.create(cohort=cohort, name=f"Of {partner}", slug=f"of-{partner.pk}")
                self.groups.append(group)
                factories.SponsorshipFactory(partner=partner, cohort=cohort, group=group)
        self._ask_and_train(programme)
        self._make_reports(programme.workspace)
        self.told: list[tuple[int, int | None, dict]] = []
        self.seats: list[tuple[int, int, int, int]] = []  # moment, number of the cohort, group, people

    def _ask_and_train(self, programme: Any) -> None:
        survey = Survey.objects.create(programme=programme, name="How is it?")
        self.questions = [
            SurveyQuestion.objects.create(survey=survey, key=key, kind="yes_no", text=f"{key}?")
            for key in ("Good", "Useful")
        ]
        self.waves = {
            cohort.pk: [
                CheckInWave.objects.create(cohort=cohort, survey=survey, name=f"W{n}", offset=n) for n in (1, 2)
            ]
            for cohort in self.cohorts
        }
        provider = Provider.objects.create(workspace=programme.workspace, name="Listening Works")
        training = Training.objects.create(provider=provider, name="Listening")
        self.sessions = {
            cohort.pk: TrainingSession.objects.create(training=training, cohort=cohort, starts_at=AT, minutes=60)
            for cohort in self.cohorts
        }

    def _make_reports(self, workspace: Any) -> None:
        one, two = self.cohorts
        what: list[dict[str, Any]] = [
            {"partner": self.partners[0], "cohort": one},
            {"partner": self.partners[1], "cohort": two},
            {"partner": self.partners[1], "cohort": one, "blocks": ["figures", "graduates"]},
            {"cohort": one},
            {"year": 2030},
            {"year": 2030, "partner": self.partners[0]},
        ]
        self.reports = [
            create_report(workspace=workspace, by=self.owner, title=f"Report {n}", **fields)
            for n, fields in enumerate(what)
        ]

    def let_time_pass(self) -> None:
        """Let a bit of everything happen to a cohort; sometimes to one person, sometimes to many."""
        cohort = self.chance.choice(self.cohorts)
        for _ in range(self.chance.choice([1, 2, 3, 5, 7, 12])):
            self._join(cohort)
        chance = self.chance.random
        present = Enrollment.objects.filter(cohort=cohort, role="mentee").occupying_place().order_by("pk")
        if chance() < 0.3:  # some leave
            for one in self._some(present, 2):
                Enrollment.objects.filter(pk=one.pk).update(status="withdrawn")
        if chance() < 0.3:  # a swap: the number of people stays
            for one in self._some(present, 1):
                Enrollment.objects.filter(pk=one.pk).update(status="withdrawn")
                self._join(cohort)
        for one in self._some(present, 3):
            Enrollment.objects.filter(pk=one.pk).update(status="completed")
        for checkin in self._some(CheckIn.objects.filter(enrollment__cohort=cohort).order_by("pk"), 2):
            checkin.answers.update(value=self.chance.choice(["yes", "no"]))

    def _some(self, rows: Any, most: int) -> list:
        found = list(rows)
        return self.chance.sample(found, min(len(found), self.chance.randint(0, most)))

    def _join(self, cohort: Cohort) -> None:
        chance = self.chance.random
        groups = [group for group in self.groups if group.cohort_id == cohort.pk]
        group = self.chance.choice([None, None, *groups])
        mentee = factories.EnrollmentFactory(cohort=cohort, country=self.chance.choice(list(COUNTRIES)), group=group)
        for _ in range(self.chance.choice([0, 0, 0, 1, 3])):
            mentee.members.create(user=factories.UserFactory())
        if chance() < 0.75:
            match = factories.MatchFactory(
                mentee=mentee, status=self.chance.choice(["introduced", "active", "graduated"])
            )
            Enrollment.objects.filter(pk=match.mentor_id).update(country=self.chance.choice(list(COUNTRIES)))
            if chance() < 0.2:
                PartnerPerson.objects.create(
                    partner=self.chance.choice(self.partners), enrollment=match.mentor, kind="lent"
                )
            self._speak(cohort, match)
            if chance() < 0.4:
                TrainingBooking.objects.create(session=self.sessions[cohort.pk], enrollment=match.mentor, attended=True)
        if chance() < 0.1:
            factories.EnrollmentFactory(cohort=cohort, user=mentee.user, role="mentor")
        if chance() < 0.15:
            factories.EnrollmentFactory(cohort=cohort, role=self.chance.choice(["expert", "facilitator"]), title="")

    def _speak(self, cohort: Cohort, match: Any) -> None:
        for wave in self.waves[cohort.pk]:
            for side, enrollment in (("mentee", match.mentee), ("mentor", match.mentor)):
                if self.chance.random() < 0.6:
                    checkin = CheckIn.objects.create(
                        wave=wave,
                        match=match,
                        enrollment=enrollment,
                        user=enrollment.user,
                        side=side,
                        status="answered",
                        due_at=AT,
                        closes_at=AT,
                        answered_at=AT,
                    )
                    for question in self.questions:
                        value = self.chance.choice(["yes", "yes", "yes", "no", ""])
                        if value:  # who says nothing skips the question
                            Answer.objects.create(checkin=checkin, question=question, value=value)

    def tell(self) -> None:
        """Publish every report, and let the contacts open their pages."""
        self.moment += 1
        for number, report in enumerate(self.reports):
            if self.chance.random() < 0.8:
                cohort = self.cohorts.index(report.cohort) if report.cohort else None
                try:
                    data = publish_report(report=report, by=self.owner).data
                except ServiceError:
                    continue  # nothing may be told yet
                self.told.append((self.moment, cohort, {**data, "report": number}))
        for sponsorship in Sponsorship.objects.filter(cohort__in=self.cohorts).select_related("partner", "cohort"):
            at = self.cohorts.index(sponsorship.cohort)
            if self.chance.random() < 0.5:
                self.told.append((self.moment, at, {**impact_page_data(sponsorship, release=True), "report": None}))
            client = Client()
            client.force_login(self.contacts[self.partners.index(sponsorship.partner)])
            page = client.get(reverse("partners:sponsorship-detail", args=[sponsorship.pk]))
            if (taken := page.context["seats_taken"]) is not None and sponsorship.group_id:
                self.seats.append((self.moment, at, sponsorship.group_id, taken))
