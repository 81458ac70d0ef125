"""Words from the sign-ups of a pair that each may read of the other."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cohorts.models import Enrollment
from cohorts.signup_form.answers import answers_for
from cohorts.signup_form.form_definition import asks_for_project, audience_of
from mentorship.core.accounts.field_access import Reader, may_read, readable
from mentorship.core.text import join_names, shorten

KINDS = {"technical": "technical mentoring", "career": "career mentoring", "both": "technical and career mentoring"}
# A mail quotes at most this many characters of a text and answers of a person; their page shows everything.
MOST_CHARACTERS = 240
SHORT = 160  # of what each is quoted with at the top of the mail
MOST_ANSWERS = 3
MOST_NAMED = 3


@dataclass(frozen=True)
class ToldWords:
    """One thing that somebody said. What they wrote themselves is `quoted`; what they chose is not."""

    label: str
    words: str
    quoted: bool = True

    @property
    def heading(self) -> str:
        return self.label[:1].upper() + self.label[1:]


def told_by(enrollment: Enrollment, *, with_role: bool = False) -> list[ToldWords]:
    """Return all that somebody said about themselves and their project for their match to read.

    `with_role` adds their role to their name, beside somebody else of that name.
    """
    standard = _standard_fields(enrollment, with_role=with_role)
    found = [told for field, told in standard if told.words.strip() and may_read(Reader.MATCH, audience_of(field))]
    return found + answers_told_by(enrollment, with_role=with_role)


def answers_told_by(enrollment: Enrollment, *, with_role: bool = False) -> list[ToldWords]:
    """Return answers to the programme's own questions that their match may read, without files."""
    name, found = name_in_sentence(enrollment, with_role=with_role)[0], []
    for answer in answers_for(enrollment, readable(Reader.MATCH)):
        question = answer.question
        words = "" if question.behaviour.is_file else question.in_words(answer.value)
        if words.strip():
            found.append(ToldWords(f"{name} on “{question.text}”", words, quoted=not question.behaviour.is_chosen))
    return found


def name_in_sentence(enrollment: Enrollment, *, with_role: bool = False) -> tuple[str, bool]:
    """Return a name for whoever signed up, and whether it is a plural."""
    people = [person for person in enrollment.people if person.is_active]
    if len(people) == 1:
        person = people[0]
        role = f" ({enrollment.cohort.programme.label_of(enrollment.role)})" if with_role else ""
        return (f"{person.short_name}{role}" if person.known_name else enrollment.name_of(person)), False
    if len(people) <= MOST_NAMED and all(person.known_name for person in people):
        return join_names([person.short_name for person in people]), True
    return "the team", False


@dataclass(frozen=True)
class ToldInMail:
    """The words of both sides as paragraphs of a mail, shortened; `rest` has what is not among the `quotes`."""

    quotes: str  # one quote of each
    rest: str
    whole: str  # all in one, for wordings of programmes that have it


def told_in_mail(enrollments: Iterable[Enrollment], page: str) -> ToldInMail:
    """The words of each side for a mail, with the address of their page where something is missing."""
    quotes, rest, whole, cut = list[str](), list[str](), list[str](), False
    names = {enrollment: name_in_sentence(enrollment)[0].casefold() for enrollment in enrollments}
    often = Counter(names.values())
    for enrollment, name in names.items():
        told, answers = told_by(enrollment, with_role=often[name] > 1), answers_told_by(enrollment)
        cut |= len(answers) > MOST_ANSWERS
        told = told[: len(told) - max(len(answers) - MOST_ANSWERS, 0)]
        first = _most_telling(enrollment, told)
        cut |= any(_is_cut(one, SHORT if one == first else MOST_CHARACTERS) for one in told)
        quotes += _blocks([first], SHORT) if first else []
        rest += _blocks([one for one in told if one != first])
        whole += _blocks(told)
    more = [f"There’s more on your page: {page}"] if cut else []
    return ToldInMail(*("\n\n".join(blocks) for blocks in (quotes, [*rest, *more], [*whole, *more])))


def _most_telling(enrollment: Enrollment, told: Sequence[ToldWords]) -> ToldWords | None:
    """Choose the words that somebody is quoted with first: what they hope for, else the first that they wrote."""
    quoted = [one for one in told if one.quoted]
    return next((one for one in quoted if one.words == enrollment.goals), quoted[0] if quoted else None)


def _blocks(told: Sequence[ToldWords], most: int = MOST_CHARACTERS) -> list[str]:
    """A paragraph for each quote, and one with a line for each other fact."""
    quotes = [f"{one.heading}:\n“{shorten(one.words, most)}”" for one in told if one.quoted]
    facts = [f"{one.heading}: {shorten(one.words, most)}" for one in told if not one.quoted]
    return quotes + (["\n".join(facts)] if facts else [])


def _standard_fields(enrollment: Enrollment, *, with_role: bool) -> list[tuple[str, ToldWords]]:
    name, several = name_in_sentence(enrollment, with_role=with_role)
    verb = "" if several else "s"
    topics = ", ".join(topic.name for topic in enrollment.topics.all())
    kind = KINDS.get(enrollment.mentoring_type, "")
    if enrollment.role == Enrollment.Role.MENTOR:
        return [
            ("description", ToldWords(f"about {name}", enrollment.description)),
            ("goals", ToldWords(f"what brings {name} here", enrollment.goals)),
            ("topics", ToldWords(f"{name} can help with", topics, quoted=False)),
            ("mentoring_type", ToldWords(f"{name} offer{verb}", kind, quoted=False)),
        ]
    project = f"“{shorten(enrollment.title, 80)}”" if enrollment.title else "the project"
    about = f"about {project}"
    if not enrollment.title and not asks_for_project(enrollment.cohort):
        about = f"{name} would like help with"
    return [
        ("description", ToldWords(about, enrollment.description)),
        ("goals", ToldWords(f"{name} hope{verb} for", enrollment.goals)),
        ("topics", ToldWords(f"topics of {project}" if enrollment.title else "topics", topics, quoted=False)),
        ("mentoring_type", ToldWords(f"{name} would like", kind, quoted=False)),
    ]


def _is_cut(told: ToldWords, most: int) -> bool:
    return shorten(told.words, most) != shorten(told.words, len(told.words))
