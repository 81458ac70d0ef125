"""Consent in the demo: mentors are asked before they are matched; some said yes, one said no, one pauses."""

from datetime import timedelta

from django.utils import timezone

from cohorts.models import Enrollment
from matching.consent.policy import confirm_policy_of, save_confirm_policy
from matching.consent.services import accept_pair, ask_pairs, decline_pair
from matching.intro.services import unconfirmed_proposals
from matching.models import AskedSide, MatchRun
from matching.pauses.services import pause_mentor
from mentorship.core.accounts.models import User


def ask_some(run: MatchRun, by: User) -> None:
    """Ask the mentors of five pairs: three say yes, one says no, one has not answered. Another mentor pauses."""
    policy = confirm_policy_of(run.cohort)
    policy.ask = policy.Ask.MENTORS
    save_confirm_policy(policy=policy, by=by)
    asked, _ = ask_pairs(run=run, mentee_ids=[mentee.pk for mentee, _ in unconfirmed_proposals(run)][:5], by=by)
    sides = list(AskedSide.objects.filter(pair__in=asked).select_related("pair__mentor__user").order_by("pk"))
    for side in sides[:3]:
        accept_pair(side=side, by=side.pair.mentor.user)
    for side in sides[3:4]:
        words = "The project is lovely, but I know nothing about its methods."
        decline_pair(side=side, by=side.pair.mentor.user, reason_kind=AskedSide.Reason.TOPIC, reason=words)
    chosen = run.proposals.filter(kind="chosen").values("mentor")
    spare = run.cohort.enrollments.mentors().filter(status=Enrollment.Status.ACCEPTED).exclude(pk__in=chosen)  # type: ignore[attr-defined]
    for mentor in spare.exclude(pk=sides[3].pair.mentor_id)[:1] if len(sides) > 3 else spare.none():
        back = timezone.localdate(timezone=run.cohort.tz) + timedelta(weeks=6)
        pause_mentor(enrollment=mentor, by=by, until=back, reason="Fieldwork")
