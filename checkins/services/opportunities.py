"""Jobs, events and funding for alumni: proposed, read by a coordinator, sent as one digest."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from checkins.models import Opportunity
from checkins.services.errors import CheckInError
from cohorts.mailing import opt_out_link
from cohorts.models import Enrollment, OptOut, Programme
from mentorship.accounts.models import User
from mentorship.accounts.permissions import may_edit
from mentorship.audit.services import record
from mentorship.outbox.services import enqueue, render_mail


def alumni_of(programme: Programme) -> Any:
    """Who has been through a cohort of the programme, members of teams included, and has not opted out of mails."""
    lead = Enrollment.objects.filter(cohort__programme=programme, status="completed")
    people = User.objects.filter(is_active=True).exclude(
        pk__in=OptOut.objects.filter(workspace=programme.workspace_id).values("user")
    )
    theirs = people.filter(enrollments__in=lead) | people.filter(team_memberships__enrollment__in=lead)
    return theirs.distinct().order_by("pk")


@transaction.atomic
def post_opportunity(*, opportunity: Opportunity, by: User) -> Opportunity:
    """Post one. A coordinator's is approved at once; an alumna's waits to be read. Raises CheckInError for others."""
    programme = opportunity.programme
    editor = may_edit(by, programme.workspace_id)
    if not editor and not alumni_of(programme).filter(pk=by.pk).exists():
        raise CheckInError("Only alumni and coordinators post here.")
    opportunity.posted_by = by
    opportunity.status = Opportunity.Status.APPROVED if editor else Opportunity.Status.PROPOSED
    opportunity.save()
    record(verb="posted", target=opportunity, workspace_id=programme.workspace_id, by=by)
    return opportunity


@transaction.atomic
def decide_opportunity(*, opportunity: Opportunity, approve: bool, by: User) -> None:
    """Take it into the next digest, or not. Raises CheckInError where it went out already."""
    to = Opportunity.Status.APPROVED if approve else Opportunity.Status.DECLINED
    changed = Opportunity.objects.filter(pk=opportunity.pk).exclude(status="sent").update(status=to)
    if not changed:
        raise CheckInError("It went out already.")
    record(
        verb="approved" if approve else "declined",
        target=opportunity,
        workspace_id=opportunity.programme.workspace_id,
        by=by,
    )


@transaction.atomic
def send_digest(*, programme: Programme, by: User) -> int:
    """Send what is approved and still open to every alumna, in one mail each. Returns how many mails."""
    Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
    now = timezone.now()
    approved = list(
        programme.opportunities.filter(status="approved").exclude(closes_on__lt=now.date()).order_by("kind", "pk")
    )
    if not approved:
        raise CheckInError("Nothing is approved for the next digest.")
    sent = 0
    for person in alumni_of(programme):
        stop = opt_out_link(programme.workspace_id, person.pk)
        subject, text, html = render_mail(
            "checkins/digest",
            {"programme": programme, "person": person, "opportunities": approved, "stop": stop},
            workspace_id=programme.workspace_id,
        )
        enqueue(
            key=f"digest:{programme.pk}:{approved[0].pk}-{approved[-1].pk}:{now:%Y%m%d%H%M%S}:{person.pk}",
            workspace_id=programme.workspace_id,
            kind="digest",
            why=f"{by} sent the digest to the alumni of {programme}.",
            to=[person.email],
            subject=subject,
            text=text,
            html=html,
            reply_to=[programme.contact_email],
            unsubscribe_url=stop,
        )
        sent += 1
    Opportunity.objects.filter(pk__in=[o.pk for o in approved]).update(status="sent", sent_at=now)
    record(verb="digest sent", target=programme, workspace_id=programme.workspace_id, by=by, number=sent)
    return sent
