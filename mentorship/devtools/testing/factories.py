"""Rows for tests, one factory for each model that tests need. Defaults make the plainest valid row."""

from datetime import date

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from cohorts.models import Cohort, Enrollment, Programme, Topic
from matching.models import Match
from mentorship.core.accounts.models import User, Workspace, WorkspaceRole
from mentorship.core.outbox.models import OutboxMessage
from partners.models import Partner, PartnerContact, Sponsorship


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    full_name = factory.Sequence(lambda n: f"Person {n}")


class WorkspaceFactory(DjangoModelFactory):
    class Meta:
        model = Workspace

    name = factory.Sequence(lambda n: f"Workspace {n}")


class RoleFactory(DjangoModelFactory):
    class Meta:
        model = WorkspaceRole

    workspace = factory.SubFactory(WorkspaceFactory)
    user = factory.SubFactory(UserFactory)
    role = "coordinator"


class ProgrammeFactory(DjangoModelFactory):
    class Meta:
        model = Programme

    workspace = factory.SubFactory(WorkspaceFactory)
    name = factory.Sequence(lambda n: f"Programme {n}")
    slug = factory.Sequence(lambda n: f"programme-{n}")
    contact_email = "hello@example.org"


class CohortFactory(DjangoModelFactory):
    class Meta:
        model = Cohort

    programme = factory.SubFactory(ProgrammeFactory)
    name = factory.Sequence(lambda n: f"Cohort {n}")
    slug = factory.Sequence(lambda n: f"cohort-{n}")
    status = "enrolling"
    starts_on = date(2027, 2, 1)
    ends_on = date(2027, 5, 28)


class TopicFactory(DjangoModelFactory):
    class Meta:
        model = Topic
        django_get_or_create = ("programme", "key")

    programme = factory.SubFactory(ProgrammeFactory)
    name = factory.Sequence(lambda n: f"Topic {n}")
    key = factory.LazyAttribute(lambda topic: topic.name.casefold())


class EnrollmentFactory(DjangoModelFactory):
    class Meta:
        model = Enrollment

    cohort = factory.SubFactory(CohortFactory)
    user = factory.SubFactory(UserFactory)
    role = "mentee"
    status = "accepted"
    title = factory.Maybe(factory.LazyAttribute(lambda e: e.role == "mentee"), factory.Faker("sentence"), "")
    shares_address = True
    time_zone = "Europe/Berlin"
    languages = factory.LazyFunction(lambda: ["en"])


class MessageFactory(DjangoModelFactory):
    class Meta:
        model = OutboxMessage

    key = factory.Sequence(lambda n: f"test:{n}")
    kind = "intro"
    why = "A test wrote it."
    to = factory.Sequence(lambda n: [f"reader{n}@example.org"])
    subject = factory.Sequence(lambda n: f"Message {n}")
    body_text = "Hello.\n"


class MatchFactory(DjangoModelFactory):
    class Meta:
        model = Match

    mentee = factory.SubFactory(EnrollmentFactory)
    mentor = factory.LazyAttribute(lambda m: EnrollmentFactory(cohort=m.mentee.cohort, role="mentor"))
    # They have been introduced.
    intro = factory.LazyAttribute(
        lambda m: MessageFactory(workspace_id=m.mentee.cohort.workspace_id, status="sent", sent_at=timezone.now())
    )


class PartnerFactory(DjangoModelFactory):
    class Meta:
        model = Partner

    workspace = factory.SubFactory(WorkspaceFactory)
    name = factory.Sequence(lambda n: f"Partner {n}")
    slug = factory.Sequence(lambda n: f"partner-{n}")


class ContactFactory(DjangoModelFactory):
    class Meta:
        model = PartnerContact

    partner = factory.SubFactory(PartnerFactory)
    user = factory.SubFactory(UserFactory)


class SponsorshipFactory(DjangoModelFactory):
    class Meta:
        model = Sponsorship

    partner = factory.SubFactory(PartnerFactory)
    cohort = factory.LazyAttribute(lambda s: CohortFactory(programme=ProgrammeFactory(workspace=s.partner.workspace)))
    scope = "The time of 15 mentors"
    starts_on = date(2027, 1, 1)
    ends_on = date(2027, 12, 31)
