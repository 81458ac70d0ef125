"""Post and review opportunities, and send them to alumni as a digest."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from checkins.alumni.digest_plan import NextDigest, next_digests, programme_zone
from checkins.alumni.links import stay_link
from checkins.alumni.services import alumni_of, open_rounds, people_on_break, rounds_for
from checkins.models import AlumniConsent, DigestPlan, Opportunity
from checkins.schedule.due_dates import add_months
from cohorts.bulk_actions.services import BulkKind
from cohorts.mailings.links import opt_out_link
from cohorts.models import BulkAction, Programme
from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import may_edit
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.delivery.still_for import StillFor
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.send_mail import render_for, send_mail
from mentorship.core.own_links import OWN_LINK

DIGEST = "checkins/digest"
ALUMNI_RULE = "alumni"  # who says whom its mails are still for


def still_alumni(messages: Sequence[OutboxMessage]) -> Mapping[UUID, StillFor]:
    """The people who stay in touch with the programme of each message. One query for each programme."""
    programmes = Programme.objects.in_bulk([message.audience["programme"] for message in messages])
    people = {pk: set(alumni_of(one).values_list("pk", flat=True)) for pk, one in programmes.items()}
    return {
        message.pk: StillFor(people.get(message.audience["programme"], set()), "no longer in touch with the programme")
        for message in messages
    }


@transaction.atomic
def post_opportunity(*, opportunity: Opportunity, by: User) -> Opportunity:
    """Post an opportunity. A coordinator's is approved at once, an alumna's needs review. ServiceError for others."""
    programme = opportunity.programme
    editor = may_edit(by, programme.workspace_id)
    if not editor and not alumni_of(programme).filter(pk=by.pk).exists():
        raise ServiceError("Only alumni and coordinators post here.")
    opportunity.posted_by = by
    opportunity.status = Opportunity.Status.APPROVED if editor else Opportunity.Status.PROPOSED
    opportunity.save()
    record(verb=Verb.POSTED, target=opportunity, workspace_id=programme.workspace_id, by=by)
    return opportunity


@transaction.atomic
def decide_opportunity(*, opportunity: Opportunity, approve: bool, by: User) -> None:
    """Approve an opportunity for the next digest, or decline it. Raises ServiceError once it was sent."""
    to = Opportunity.Status.APPROVED if approve else Opportunity.Status.DECLINED
    changed = Opportunity.objects.filter(pk=opportunity.pk).exclude(status="sent").update(status=to)
    if not changed:
        raise ServiceError("It went out already.")
    record(
        verb=Verb.APPROVED if approve else Verb.DECLINED,
        target=opportunity,
        workspace_id=opportunity.programme.workspace_id,
        by=by,
    )


def approved_opportunities(programme: Programme, today: date) -> list[Opportunity]:
    """Opportunities for the next digest: approved, and still open that day."""
    return list(programme.opportunities.filter(status="approved").exclude(closes_on__lt=today).order_by("kind", "pk"))


def preview_digest(programme: Programme, person: User) -> tuple[str, str, str] | None:
    """The digest as it would be sent now, with placeholder links; None if it would be empty."""
    approved = approved_opportunities(programme, timezone.now().astimezone(programme_zone(programme)).date())
    if not approved:
        return None
    context = {"opportunities": approved, "rounds": [], "link": OWN_LINK, "stop": OWN_LINK}
    return render_for(programme.sender, DIGEST, {"person": person, "programme": programme, **context})


def opportunities_to_send(programme: Programme, now: datetime) -> list[Opportunity]:
    """The opportunities of the next digest. Raises ServiceError if nothing is approved."""
    if approved := approved_opportunities(programme, now.astimezone(programme_zone(programme)).date()):
        return approved
    raise ServiceError("Nothing is approved for the next digest.")


@transaction.atomic
def send_digest(
    *,
    programme: Programme,
    by: User | None,
    now: datetime | None = None,
    only: Collection[int] | None = None,
    approved: list[Opportunity] | None = None,
) -> int:
    """Send the approved opportunities that are still open to every alumna, in one mail each. Returns how many mails.

    Sent ones are marked in the same transaction, so nothing goes out twice. A part of the digest is for `only` some
    users, and has the opportunities that were `approved` for the whole. Raises ServiceError if nothing is approved.
    """
    now = now or timezone.now()
    Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
    approved = opportunities_to_send(programme, now) if approved is None else approved
    sender = programme.sender
    roles = dict(AlumniConsent.objects.filter(programme=programme, left_at=None).values_list("user", "roles"))
    resting = people_on_break(programme.pk, now.date())
    coming = open_rounds(programme, now)
    people = list(alumni_of(programme) if only is None else alumni_of(programme).filter(pk__in=only))
    for person in people:
        wanted = [] if person.pk in resting else roles.get(person.pk, [])
        stop = opt_out_link(programme.workspace_id, person.pk)
        send_mail(
            DIGEST,
            {
                "person": person,
                "programme": programme,
                "opportunities": approved,
                "rounds": rounds_for(coming, person, wanted),
                "link": stay_link(programme.pk, person.pk),
                "stop": stop,
            },
            sender=sender,
            # An opportunity goes out once, so the first one identifies the digest.
            key=f"digest:{programme.pk}:{min(o.pk for o in approved)}:{person.pk}",
            why=f"{by or 'The plan'} sent the digest to the alumni of {programme}.",
            to=[person],
            audience={"rule": ALUMNI_RULE, "programme": programme.pk},
            unsubscribe_url=stop,
        )
    Opportunity.objects.filter(pk__in=[o.pk for o in approved]).update(status="sent", sent_at=now)
    record(verb=Verb.DIGEST_SENT, target=programme, workspace_id=programme.workspace_id, by=by, number=len(people))
    return len(people)


@transaction.atomic
def save_digest_plan(
    *, programme: Programme, every: int, day: int, by: User, now: datetime | None = None
) -> DigestPlan:
    """Schedule the digest: every so many months, on a day of the month; 0 for never."""
    today = (now or timezone.now()).astimezone(programme_zone(programme)).date()
    following = today.replace(day=day)
    if following <= today:
        following = add_months(following, 1)
    plan, _ = DigestPlan.objects.update_or_create(
        programme=programme, defaults={"every": every, "day": day, "next_on": following if every else None}
    )
    record(verb=Verb.DIGEST_PLANNED, target=programme, workspace_id=programme.workspace_id, by=by, every=every, day=day)
    return plan


def sweep_digests(now: datetime) -> int:
    """Send the digests that are due at `now` (UTC). Returns the number of mails.

    The claim and the mails share one transaction. After missed months it sends one digest, not several; if nothing is
    approved it waits for the next date.
    """
    soon = DigestPlan.objects.filter(every__gt=0, next_on__lte=(now + timedelta(days=1)).date())
    return sum(_send_planned(digest, now) for digest in next_digests(soon) if digest.at <= now)


@transaction.atomic
def _send_planned(digest: NextDigest, now: datetime) -> int:
    plan, day = digest.plan, digest.plan.next_on
    if day is None:
        return 0
    following = add_months(day, plan.every)  # from the chosen day of the month: a Sunday shifts only one digest
    while datetime.combine(following, time(0), digest.zone) <= now:
        following = add_months(following, plan.every)
    if not DigestPlan.objects.filter(pk=plan.pk, next_on=day, every=plan.every).update(next_on=following):
        return 0  # another sweep claimed it first
    if not approved_opportunities(plan.programme, now.astimezone(digest.zone).date()):
        return 0
    return send_digest(programme=plan.programme, by=None, now=now)


def _send_some(action: BulkAction, ids: Sequence[int], by: User) -> int:
    told = list(Opportunity.objects.filter(pk__in=action.word("opportunities")).order_by("kind", "pk"))
    if not told:
        raise ServiceError("Its opportunities have been deleted.")
    return send_digest(programme=action.cohort.programme, by=by, only=ids, approved=told)


DIGEST_TO_ALUMNI = BulkKind(
    "Sending the digest",
    _send_some,
    lambda action: f"The digest is on its way to {action.number} alumni.",
)
