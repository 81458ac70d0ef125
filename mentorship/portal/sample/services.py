"""Sample data: a round with made-up people to try things out on, which sends no email and is removed whole."""

from datetime import date, timedelta

from django.db import transaction

from cohorts.models import Cohort, Enrollment, Programme
from cohorts.plan.programme_templates import PROJECTS
from cohorts.setup.forms import short_name_of
from cohorts.setup.services import create_cohort, create_programme, set_cohort_status
from mentorship.core.accounts.models import User, Workspace
from mentorship.core.audit.append_only import Reason, trail_may_change
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.deletion import delete_row, delete_with_dependents
from mentorship.core.errors import ServiceError
from mentorship.portal.sample.enroll import add_mentor, add_project

NAME = "Sample programme"
# RFC 2606 keeps this ending for addresses that never exist.
DOMAIN = "sample.invalid"
WEEKS = 16
# How many are accepted; three more of each are still to be decided about.
MENTORS, TEAMS, UNDECIDED = 8, 9, 3


@transaction.atomic
def create_sample(*, by: User, today: date) -> Cohort:
    """Create the sample programme with a round that is ready to be matched, owned by whoever wants it.

    Raises ServiceError if the reader has one already.
    """
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)  # a second click waits here
    if sample_of(by):
        raise ServiceError("You have sample data already.")
    programme = create_programme(
        name=NAME,
        slug=short_name_of(NAME, Programme.objects.all(), "sample", 60),
        contact_email=f"hello@{DOMAIN}",
        by=by,
        summary="Made-up people and projects, to try things out on.",
        template=PROJECTS.key,
        mentee_label=PROJECTS.mentee_label,
    )
    Workspace.objects.filter(pk=programme.workspace_id).update(is_sample=True)
    starts_on = today + timedelta(weeks=2)
    cohort = create_cohort(
        programme=programme,
        name="Sample round",
        slug=short_name_of("Sample round", Cohort.objects.all(), "sample-round", 60),
        starts_on=starts_on,
        ends_on=starts_on + timedelta(weeks=WEEKS),
        time_zone=by.time_zone or "UTC",
        suggested_topics="Open data, Reproducibility, Python, R, Teaching, Community building, Citizen science",
        by=by,
    )
    set_cohort_status(cohort=cohort, to=Cohort.Status.ENROLLING, by=by)
    for number in range(MENTORS + UNDECIDED):
        add_mentor(cohort, number, _status(number, MENTORS), domain=DOMAIN)
    for number in range(TEAMS + UNDECIDED):
        add_project(cohort, number, _status(number, TEAMS), domain=DOMAIN)
    return set_cohort_status(cohort=cohort, to=Cohort.Status.MATCHING, by=by)


def _status(number: int, accepted: int) -> str:
    return Enrollment.Status.ACCEPTED if number < accepted else Enrollment.Status.APPLIED


def sample_of(user: User) -> Programme | None:
    """The sample programme that somebody can remove; None if there is none."""
    return Programme.objects.editable_by(user).filter(workspace__is_sample=True).first()


@transaction.atomic
def delete_sample(*, programme: Programme, by: User) -> None:
    """Delete a sample programme with everything in it, its history, and the people who are in nothing else.

    Raises ServiceError if it is no sample, or if another programme uses something of it, such as a shared training.
    """
    workspace = Workspace.objects.select_for_update(of=("self",)).get(pk=programme.workspace_id)
    if not workspace.is_sample:
        raise ServiceError(f"{programme} is no sample data, so it can't be deleted this way.")
    record(verb=Verb.DELETED, target=workspace, workspace_id=None, by=by, name=workspace.name)
    with trail_may_change(Reason.SAMPLE):
        delete_with_dependents(Workspace.objects.filter(pk=workspace.pk), workspace_id=workspace.pk)
    for person in User.objects.filter(email__endswith=f"@{DOMAIN}"):
        try:
            delete_row(person)
        except ServiceError:
            continue  # in another programme, too
