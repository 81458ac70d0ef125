"""Parts of a programme's public page: open calls, the steps of a round, partners, texts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from cohorts.models import Cohort, Programme
from cohorts.plan.services import TimelineEntry, timeline_of
from cohorts.plan.timelines import OPENS
from cohorts.signup_form.form_definition import FORM_ROLES
from mentorship.core.text import with_article
from partners.models import Partner, PartnerKind, Quote, Sponsorship
from partners.reports.acknowledgements import gifts_in_words


@dataclass(frozen=True)
class OpenCall:
    """A role that anybody can sign up for now."""

    cohort: Cohort
    role: str
    label: str
    as_a: str  # `a mentor`, `an advisor`
    until: str
    days_left: int | None

    @property
    def url(self) -> str:
        return reverse("cohorts:signup-create", args=[self.cohort.slug, self.role])


def open_calls(programme: Programme, now: datetime | None = None) -> list[OpenCall]:
    """The open calls of a programme, the first to close first, mentees before mentors. One query."""
    now = now or timezone.now()
    cohorts = Cohort.objects.accepting_signups(now).filter(programme=programme)
    found: list[OpenCall] = []
    for cohort in sorted(cohorts, key=lambda one: (one.signup_closes_at is None, one.signup_closes_at, one.pk)):
        until, left = cohort.closes_in_words, _days_left(cohort, now)
        for role in FORM_ROLES:
            label = programme.label_of(role)
            found.append(OpenCall(cohort, str(role), label, with_article(label), until, left))
    return found


def _days_left(cohort: Cohort, now: datetime) -> int | None:
    closes, zone = cohort.signup_closes_at, cohort.closing_zone
    return (closes.astimezone(zone).date() - now.astimezone(zone).date()).days if closes else None


def steps_of(cohort: Cohort | None) -> list[TimelineEntry]:
    """The dates of a round that belong to every round of its programme; one that was added to it alone is left out.

    So is a planned opening that is still ahead: the round is public, and its sign-up opened earlier than planned.
    """
    if cohort is None:
        return []
    usual = set(cohort.programme.timeline.values_list("name", flat=True))
    today = timezone.now().astimezone(cohort.tz).date()
    steps = [step for step in timeline_of(cohort, shared_only=True) if step.key or step.name in usual]
    return [step for step in steps if step.key != OPENS or step.on <= today]


@dataclass(frozen=True)
class PartnerGroup:
    """Partners by what they do, each as it may be named."""

    title: str
    partners: Sequence[Partner]


def partners_of(programme: Programme) -> list[PartnerGroup]:
    """Official partners that may be named, with an agreed term; by what they give, in alphabetical order."""
    terms = Sponsorship.objects.filter(cohort__programme=programme, draft=False, partner__official=True)
    terms = terms.exclude(partner__naming=Partner.Naming.NOTHING).exclude(cohort__status=Cohort.Status.DRAFT)
    terms = terms.select_related("partner")
    partners = {term.partner_id: term.partner for term in terms}
    paying = {term.partner_id for term in terms if term.amount or term.seat_price}
    groups = [
        PartnerGroup(title, sorted((partners[pk] for pk in pks), key=lambda one: one.name.casefold()))
        for title, pks in (("Fund the programme", paying), ("Give time and knowledge", partners.keys() - paying))
    ]
    return [group for group in groups if group.partners]


# What a partner of each kind gives, for everybody.
GIVES: dict[str, str] = {
    PartnerKind.Kind.FUNDING: "funding",
    PartnerKind.Kind.MENTORS: "mentors’ time",
    PartnerKind.Kind.TRAINING: "training",
    PartnerKind.Kind.SISTER: "exchange with a sister programme",
    PartnerKind.Kind.COACHES: "coaches",
    PartnerKind.Kind.MATERIALS: "materials",
    PartnerKind.Kind.ORGANISING: "help with organising",
    PartnerKind.Kind.DIVERSITY: "diversity support",
}


@dataclass(frozen=True)
class PartnerLine:
    """A partner as everybody may see it: in which ways it takes part, and in which rounds."""

    partner: Partner
    kinds: Sequence[str]
    gifts: Sequence[str]
    rounds: Sequence[str]


def partner_lines(programme: Programme) -> list[PartnerLine]:
    """Official partners that may be named, with what they gave and the rounds that they support.

    Unofficial help, drafts of agreements, amounts and the wording of agreements are nobody else's business.
    """
    rows = Partner.objects.filter(workspace=programme.workspace_id, official=True)
    rows = rows.exclude(naming=Partner.Naming.NOTHING).prefetch_related("kinds").order_by("name")
    terms = Sponsorship.objects.filter(partner__in=rows, cohort__programme=programme, draft=False)
    terms = terms.exclude(cohort__status=Cohort.Status.DRAFT).order_by("-cohort__starts_on", "-pk")
    rounds: dict[int, list[str]] = {}
    for partner_id, name in terms.values_list("partner_id", "cohort__name"):
        rounds.setdefault(partner_id, []).append(name)
    gifts = gifts_in_words(list(Cohort.objects.filter(programme=programme).exclude(status=Cohort.Status.DRAFT)))
    lines = [
        PartnerLine(
            partner,
            [GIVES[one.kind] for one in partner.kinds.all() if one.official],
            gifts.get(partner.pk, []),
            rounds.get(partner.pk, []),
        )
        for partner in rows
    ]
    return [line for line in lines if line.kinds or line.gifts or line.rounds]


def testimonials_of(cohorts: Collection[int], most: int) -> list[Quote]:
    """The latest words of people who agree to them, read anew for each page."""
    return list(Quote.objects.public().filter(cohort__in=cohorts).order_by("-answered_at", "-pk")[:most])


def lines_of(text: str) -> list[str]:
    """The lines of a text that coordinators typed, without empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]


@dataclass(frozen=True)
class TeamLine:
    """A person or group that runs the programme, and what they do, as the coordinators wrote it."""

    name: str
    does: str


def team_lines(text: str) -> list[TeamLine]:
    """`Ana Souza, training` as a name and what she does."""
    return [TeamLine(name.strip(), does.strip()) for name, _, does in (one.partition(",") for one in lines_of(text))]


@dataclass(frozen=True)
class CommonQuestion:
    """A question with its answer."""

    question: str
    answer: str


def common_questions(text: str) -> list[CommonQuestion]:
    """Questions and answers, parted by empty lines."""
    blocks = (block.strip().split("\n", 1) for block in text.replace("\r\n", "\n").split("\n\n") if block.strip())
    return [CommonQuestion(block[0].strip(), block[1].strip() if len(block) > 1 else "") for block in blocks]


@dataclass(frozen=True)
class ProjectLink:
    """Where others find a part of a project: the address, its name, and the licence."""

    url: str
    label: str
    licence: str


def project_links(text: str) -> list[ProjectLink]:
    """`https://example.org/maps, Code, MIT` as a link for each line."""
    found = []
    for line in lines_of(text):
        url, label, licence = ([part.strip() for part in line.split(",", 2)] + ["", ""])[:3]
        found.append(ProjectLink(url, label or url, licence))
    return found


def day_range(starts: date, ends: date) -> str:
    """`9 March to 25 June 2026`."""
    first = date_format(starts, "j F" if starts.year == ends.year else "j F Y")
    return f"{first} to {date_format(ends, 'j F Y')}"
