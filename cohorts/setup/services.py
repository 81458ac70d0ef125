"""Create and change programmes, cohorts and groups."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from cohorts.models import Cohort, Group, Programme
from cohorts.plan.programme_templates import add_questions, usual_fields
from cohorts.plan.services import make_plan, make_timeline
from cohorts.setup.team import grant_role
from mentorship.core.accounts.models import User, Workspace, WorkspaceRole
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.deletion import delete_row
from mentorship.core.errors import ServiceError


@transaction.atomic
def create_programme(*, name: str, slug: str, contact_email: str, by: User | None, **fields: Any) -> Programme:
    """Create a programme with its workspace. Its creator becomes the owner."""
    workspace = Workspace.objects.create(name=name)
    programme = Programme.objects.create(
        workspace=workspace, name=name, slug=slug, contact_email=contact_email, **fields
    )
    make_timeline(programme)
    record(verb=Verb.CREATED, target=programme, workspace_id=workspace.pk, by=by)
    if by is not None:
        grant_role(workspace=workspace, user=by, role=WorkspaceRole.Role.OWNER, by=by)
    return programme


@transaction.atomic
def save_programme(*, programme: Programme, by: User) -> Programme:
    """Save the changes from a form."""
    programme.save()
    Workspace.objects.filter(pk=programme.workspace_id).update(name=programme.name)
    record(verb=Verb.EDITED, target=programme, workspace_id=programme.workspace_id, by=by)
    return programme


@transaction.atomic
def create_cohort(
    *,
    programme: Programme,
    name: str,
    slug: str,
    starts_on: date,
    ends_on: date,
    by: User | None,
    opens_on: date | None = None,
    **fields: Any,
) -> Cohort:
    """Create a cohort as a draft. Dates and forms come from the programme's template, unless it repeats another.

    With `opens_on` the dates are counted from that day.
    """
    fields = {**usual_fields(programme.template), **fields}
    cohort = Cohort(programme=programme, name=name, slug=slug, starts_on=starts_on, ends_on=ends_on, **fields)
    cohort.full_clean()
    cohort.save()
    if cohort.repeats is None:
        make_plan(cohort, opens_on)
        add_questions(cohort)
    record(verb=Verb.CREATED, target=cohort, workspace_id=cohort.workspace_id, by=by)
    return cohort


@transaction.atomic
def save_cohort(*, cohort: Cohort, by: User) -> Cohort:
    """Save the changes from a form. The status has its own function."""
    cohort.save()
    record(verb=Verb.EDITED, target=cohort, workspace_id=cohort.workspace_id, by=by)
    return cohort


@transaction.atomic
def confirm_forms(*, cohort: Cohort, by: User) -> None:
    """Note that a coordinator has looked at the sign-up forms and found them right. Idempotent."""
    if Cohort.objects.filter(pk=cohort.pk, forms_checked_at=None).update(forms_checked_at=timezone.now()):
        record(verb=Verb.FORMS_CHECKED, target=cohort, workspace_id=cohort.workspace_id, by=by)


@transaction.atomic
def save_group(*, group: Group, by: User) -> Group:
    """Save a new or changed group of a cohort."""
    group.save()
    record(verb=Verb.GROUP_SAVED, target=group.cohort, workspace_id=group.cohort.workspace_id, by=by, name=group.name)
    return group


@transaction.atomic
def delete_group(*, group: Group, by: User) -> None:
    """Delete an empty group. Raises ServiceError if people are in it, or another row needs it."""
    if group.enrollments.exists():
        raise ServiceError(f"{group} has people in it. Move them to another group first.")
    record(verb=Verb.GROUP_DELETED, target=group.cohort, workspace_id=group.cohort.workspace_id, by=by, name=group.name)
    delete_row(group)


@transaction.atomic
def set_cohort_status(*, cohort: Cohort, to: str, by: User | None) -> Cohort:
    """Change the status of a cohort. Raises ServiceError if the step is not one of TRANSITIONS."""
    locked = Cohort.objects.select_for_update(of=("self",)).select_related("programme").get(pk=cohort.pk)
    if to not in Cohort.TRANSITIONS[locked.status]:
        raise ServiceError(f"{locked} is {locked.get_status_display()}; it can't become {to} from there.")
    before, locked.status = locked.status, to
    if before == Cohort.Status.ENROLLING:
        locked.signup_ended_at = timezone.now()
    elif to == Cohort.Status.ENROLLING:
        locked.signup_ended_at = None
    locked.save(update_fields=["status", "signup_ended_at"])
    record(verb=Verb.made(to), target=locked, workspace_id=locked.workspace_id, by=by, before=before)
    return locked
