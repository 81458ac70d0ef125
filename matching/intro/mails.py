"""Build the intro mail: who, why, when they could meet, and where to turn for help."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.utils import timezone

from cohorts.channels.services import channels_in_words
from cohorts.models import Cohort, Enrollment
from cohorts.sharing.addressing import Addressing
from matching.intro.extensions import first_contact_after_intro
from matching.meeting_times.clocks import clocks_of, first_meetings, gave_hours, zones_of
from matching.meeting_times.links import meeting_link
from matching.meeting_times.shared_daytime import shared_daytime
from matching.models import Match, MatchProposal
from matching.sentences.services import Sentences, own_sentences, sentence_of
from matching.sentences.told import told_in_mail
from mentorship.core.accounts.models import User
from mentorship.core.links import absolute_url
from mentorship.core.outbox.recipients import addresses_of
from mentorship.core.outbox.send_mail import Sender, draft_mail, render_for
from mentorship.core.outbox.services import Draft
from mentorship.core.reference_data import country_name, language_name
from mentorship.core.text import join_names, with_article
from mentorship.core.timezones import clock_name

TEMPLATE = "matching/intro"
RULE = "intro"  # who says whom it is still for, see audience.py
NUMBERS = ["a", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
DAYS_OF_MONTH = 30.44


@dataclass(frozen=True)
class IntroMail:
    """The one message that a mentee team and its mentors get together."""

    mentee: Enrollment
    mentors: list[Enrollment]
    context: dict[str, Any]
    addressing: Addressing

    def draft(self, *, sender: Sender, key: str, why: str, due_at: datetime) -> Draft:
        """The intro as a message that is to be written to the outbox."""
        return draft_mail(
            TEMPLATE,
            self.context,
            sender=sender,
            key=key,
            why=why,
            to=self.addressing.to,
            cc=self.addressing.cc,
            bcc=self.addressing.bcc,
            # The whole pair, but not people in copy, who have seen that it began.
            reply_to=self.addressing.reply_to,
            audience={
                "rule": RULE,
                "mentee": self.mentee.pk,
                "mentors": [mentor.pk for mentor in self.mentors],
                "words": fingerprint_of_words(self.context),
            },
            due_at=due_at,
        )

    @property
    def to(self) -> list[str]:
        return addresses_of(self.addressing.to)

    @property
    def cc(self) -> list[str]:
        return addresses_of(self.addressing.cc)

    @property
    def bcc(self) -> list[str]:
        return addresses_of(self.addressing.bcc)

    @property
    def reply_to(self) -> list[str]:
        return addresses_of(self.addressing.reply_to)

    @property
    def relayed(self) -> list[str]:
        """Names of people who did not agree to share their address, and are reached through the programme."""
        return [self.addressing.name_of(person) for person in self.addressing.hidden]

    @property
    def subject(self) -> str:
        return self._rendered[0]

    @property
    def text(self) -> str:
        return self._rendered[1]

    @property
    def html(self) -> str:
        return self._rendered[2]

    @cached_property
    def _rendered(self) -> tuple[str, str, str]:
        return render_for(self.mentee.cohort.sender, TEMPLATE, self.context)


@dataclass(frozen=True)
class IntroFacts:
    """Facts in the intros of a cohort besides their people, read once for all of them."""

    today: date  # in the cohort's time zone; the times in an intro count from it
    first_contact: date | None
    beside: Mapping[int, Sequence[Enrollment]]  # by mentee: the mentors of matches under way
    own: Sentences  # coordinators' sentences about why
    channels: str  # where pairs can talk to others


def read_facts(cohort: Cohort, mentees: Sequence[Enrollment], *, today: date | None = None) -> IntroFacts:
    """Read the facts for the intros of some mentees. The number of queries does not depend on how many they are."""
    today = today or timezone.localdate(timezone=cohort.tz)
    matches = Match.objects.under_way().filter(mentee__in=mentees, imported=False)
    beside: dict[int, list[Enrollment]] = defaultdict(list)
    for match in matches.select_related("mentor__user").prefetch_related("mentor__members__user").order_by("pk"):
        beside[match.mentee_id].append(match.mentor)
    own = own_sentences([mentee.pk for mentee in mentees])
    channels = channels_in_words(cohort.programme, Enrollment.MATCHED_ROLES)
    return IntroFacts(today, first_contact_after_intro(cohort, today), beside, own, channels)


def intro_mail(
    mentee: Enrollment,
    proposals: Sequence[MatchProposal | Match],
    *,
    today: date | None = None,
    facts: IntroFacts | None = None,
) -> IntroMail:
    """The intro as it will arrive. Writes nothing.

    `proposals` need a mentor and reasons. Whoever did not agree to share their address is introduced through the
    programme. The times in it count from `today`, a day in the cohort's time zone.
    """
    facts = facts or read_facts(mentee.cohort, [mentee], today=today)
    mentors = [p.mentor for p in proposals]
    beside = [mentor for mentor in facts.beside.get(mentee.pk, []) if mentor not in mentors]
    addressing = intro_addressing(mentee, mentors, beside)
    context = _context(mentee, proposals, addressing, facts) | words_about(mentee, proposals, facts.own)
    return IntroMail(mentee, mentors, context, addressing)


def intro_addressing(mentee: Enrollment, mentors: Sequence[Enrollment], beside: Sequence[Enrollment]) -> Addressing:
    """The recipients of the intro; `beside` are existing mentors."""
    contact = mentee.cohort.programme.contact_email
    return Addressing([mentee, *mentors], contact, beside, _contacts(mentee, mentors))


def _contacts(mentee: Enrollment, mentors: Sequence[Enrollment]) -> list[str]:
    """Return the contacts of these people's groups, if the cohort copies intros to them."""
    if not mentee.cohort.copies_intros:
        return []
    groups = [e.group for e in (mentee, *mentors) if e.group_id]
    return [group.contact_email for group in groups if group and group.contact_email]


def _context(
    mentee: Enrollment, proposals: Sequence[MatchProposal | Match], addressing: Addressing, facts: IntroFacts
) -> dict[str, Any]:
    cohort, mentors = mentee.cohort, [p.mentor for p in proposals]
    zones, hours_given = zones_of(mentee, mentors), gave_hours(clocks_of(mentee, mentors))
    window = shared_daytime(zones, cohort.starts_on) if zones and not hours_given else None
    times = first_meetings(mentee, mentors, facts.today)
    return {
        "cohort": cohort,
        "programme": cohort.programme,
        "mentee": mentee,
        "greeting": greeting_of(addressing.people),
        "mentor_names": join_names([m.name_of(m.user) for m in mentors]),
        "team": [_described(person, mentee, addressing) for person in mentee.people if person.is_active],
        "mentors": [_described(m.user, m, addressing) for m in mentors],
        "beside": join_names([m.name_of(m.user) for m in addressing.beside]),
        "answers": addressing.answers,
        "several": len(mentors) > 1,
        "times": [time.on_clocks(zones) for time in times],
        "calendar_url": meeting_link(mentee.pk, [m.pk for m in mentors], times[0].starts) if times else "",
        "hours": [window.on_clock(zone) for zone in zones] if window else [],
        "far_apart": not times and bool(zones),
        "hours_given": hours_given,
        "heard_in": about_how_long(facts.today, facts.first_contact),
        "channels": facts.channels,
        "pair_url": _pair_url(mentee),
        "matches_url": absolute_url("home"),
    }


def words_about(mentee: Enrollment, proposals: Sequence[MatchProposal | Match], own: Sentences) -> dict[str, Any]:
    """The part of the context that says why they were matched, and what each told the other."""
    everybody = [mentee, *(p.mentor for p in proposals)]
    told, languages = told_in_mail(everybody, _pair_url(mentee)), _shared_languages(everybody)
    whys = [(_short(p.mentor), sentence_of((mentee.pk, p.mentor.pk), p.reasons, own)) for p in proposals]
    return {
        "whys": whys,
        "has_why": any(why for _, why in whys),
        "languages": "" if any(languages in why for _, why in whys) else languages,
        "told": told.whole,
        "quotes": told.quotes,
        "rest": told.rest,
    }


def fingerprint_of_words(words: Mapping[str, Any]) -> str:
    """A fingerprint of what `words_about` says: queued intros with another one are out of date."""
    return hashlib.sha256(json.dumps([words["whys"], words["told"]]).encode()).hexdigest()[:16]


def _pair_url(mentee: Enrollment) -> str:
    return absolute_url("matching:my-pair", mentee.pk)


def about_how_long(today: date, day: date | None) -> str:
    """Describe the time between two days, such as `about three months`; "" without a second day."""
    if day is None:
        return ""
    days = max((day - today).days, 1)
    if days <= 10:
        number, unit = days, "day"
    elif days < 26 or 35 < days < 50:
        number, unit = round(days / 7), "week"
    else:
        number, unit = round(days / DAYS_OF_MONTH), "month"
    word = NUMBERS[number - 1] if number <= len(NUMBERS) else str(number)
    return f"about {word} {unit}{'' if number == 1 else 's'}"


def greeting_of(people: Sequence[User]) -> str:
    """The names in the greeting of a mail to several people; `all` if somebody gave no name."""
    return join_names([person.short_name for person in people]) if all(p.known_name for p in people) else "all"


def _short(enrollment: Enrollment) -> str:
    user = enrollment.user
    return user.short_name if user.known_name else enrollment.name_of(user)


def _described(person: User, enrollment: Enrollment, addressing: Addressing) -> str:
    """`Mona Sato (she/her), Japan, in Tokyo`: known facts in one line. The zone is that of the enrollment."""
    word = with_article(enrollment.cohort.programme.label_of(enrollment.role))
    known = person.known_name or word[:1].upper() + word[1:]
    name = f"{known} ({person.pronouns})" if person.pronouns else known
    own = person.pk == enrollment.user_id
    country = country_name(enrollment.country if own else person.country)
    zone = enrollment.time_zone if own else person.time_zone
    facts = ", ".join(part for part in (name, country, clock_name(zone) if zone else "") if part)
    return facts + addressing.passed_on(person)


def _shared_languages(enrollments: Sequence[Enrollment]) -> str:
    shared = [code for code in enrollments[0].languages if all(code in e.languages for e in enrollments)]
    return join_names([language_name(code) for code in shared])
