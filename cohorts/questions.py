"""The sign-up form of a cohort: standard fields on, off or required, the coordinators' own questions, eligibility."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, PendingSignup, SignupAnswer, SignupFile, SignupQuestion
from cohorts.places import country_name, language_name
from cohorts.services import ServiceError
from mentorship.accounts.models import User
from mentorship.audit.services import record

OFF, ON, REQUIRED = "off", "on", "required"
# What may be switched, with what it is unless switched. Name, address, project title and consent are always asked.
STANDARD: dict[str, dict[str, str]] = {
    "mentee": {
        "pronouns": ON, "country": REQUIRED, "time_zone": REQUIRED, "languages": REQUIRED, "description": REQUIRED,
        "topics": REQUIRED, "goals": ON, "mentoring_type": REQUIRED, "interaction_style": REQUIRED,
        "hours_per_month": ON, "mentors_wanted": REQUIRED, "private_needs": ON, "listed_publicly": ON,
    },
    "mentor": {
        "pronouns": ON, "country": REQUIRED, "time_zone": REQUIRED, "languages": REQUIRED, "topics": REQUIRED,
        "goals": ON, "mentoring_type": REQUIRED, "interaction_style": REQUIRED, "hours_per_month": ON,
        "private_needs": ON, "listed_publicly": ON,
    },
}  # fmt: skip
# A box that must be ticked to be listed, or a need that must be had, would be no choice.
NEVER_REQUIRED = ("private_needs", "listed_publicly", "pronouns")
# What an edit changes about the meaning of the answers given before.
WORDS = ("kind", "text", "choices")
MAX_FILE = 5 * 1024 * 1024
SAFE_FILES = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n", "jpg": b"\xff\xd8\xff", "jpeg": b"\xff\xd8\xff", "txt": b""}
FILE_SALT = "cohorts.signup.file"
FORGET_AFTER = timedelta(days=30)


class FileRefusedError(ValueError):
    """The file is not of a safe kind, or too large; the text says so to the applicant."""


def standard_fields(cohort: Cohort, role: str) -> dict[str, str]:
    """Every switchable field of a role with its state in this cohort."""
    said = cohort.standard_fields.get(role, {})
    return {name: said.get(name, usual) for name, usual in STANDARD.get(role, {}).items()}


@transaction.atomic
def save_standard_fields(*, cohort: Cohort, role: str, states: Mapping[str, str], by: User) -> None:
    """Switch standard fields. What is not named keeps its usual state."""
    known = STANDARD[role]
    cohort.standard_fields = {
        **cohort.standard_fields, role: {n: s for n, s in states.items() if n in known and s in (OFF, ON, REQUIRED)},
    }  # fmt: skip
    cohort.save(update_fields=["standard_fields"])
    record(verb="form edited", target=cohort, workspace_id=cohort.workspace_id, by=by, role=role)


def questions_of(cohort: Cohort, role: str) -> list[SignupQuestion]:
    """The questions that are asked now, in order. One query."""
    return list(cohort.questions.filter(role=role, retired_at=None))


@transaction.atomic
def save_question(*, question: SignupQuestion, by: User) -> SignupQuestion:
    """Save a new or changed question. Where its words changed after somebody answered, the next version is made."""
    cohort = question.cohort
    if question.pk is None:
        last = cohort.questions.filter(role=question.role).aggregate(last=Max("position"))["last"] or 0
        question.key, question.position = secrets.token_hex(4), last + 1
        question.save()
    else:
        before = SignupQuestion.objects.select_for_update().get(pk=question.pk)
        if before.retired_at:
            raise ServiceError("Somebody else has changed or removed this question meanwhile. Look at it again.")
        if before.answers.exists() and any(getattr(before, w) != getattr(question, w) for w in WORDS):
            SignupQuestion.objects.filter(pk=before.pk).update(retired_at=timezone.now())
            question.pk, question.version = None, before.version + 1
            question._state.adding = True
        question.save()
    record(verb="question saved", target=cohort, workspace_id=cohort.workspace_id, by=by, question=question.key)
    return question


@transaction.atomic
def retire_question(*, question: SignupQuestion, by: User) -> None:
    """Ask it no longer. Answers stay readable; one that nobody answered is deleted."""
    cohort = question.cohort
    cohort.questions.filter(role=question.role, shown_if=question.key, retired_at=None).update(shown_if="")
    if question.answers.exists():
        SignupQuestion.objects.filter(pk=question.pk, retired_at=None).update(retired_at=timezone.now())
    else:
        question.delete()
    record(verb="question removed", target=cohort, workspace_id=cohort.workspace_id, by=by, question=question.key)


@transaction.atomic
def move_question(*, question: SignupQuestion, up: bool, by: User) -> None:
    """One place up or down among those that are asked; at the end it stays."""
    Cohort.objects.select_for_update(of=("self",)).get(pk=question.cohort_id)
    asked = questions_of(question.cohort, question.role)
    place = [q.pk for q in asked].index(question.pk)
    to = place - 1 if up else place + 1
    if 0 <= to < len(asked):
        asked[place], asked[to] = asked[to], asked[place]
        for number, one in enumerate(asked, 1):
            one.position = number
        SignupQuestion.objects.bulk_update(asked, ["position"])


@transaction.atomic
def save_own_answers(*, enrollment: Enrollment, answers: Mapping[str, Any]) -> bool:
    """Write what was said to the cohort's own questions, by key; an empty answer takes the old one away.

    Questions that `answers` does not name stay as they are. Returns whether anything changed.
    """
    asked = {q.key: q for q in questions_of(enrollment.cohort, enrollment.role) if q.key in answers}
    before = {a.question.key: a for a in enrollment.answers.select_related("question") if a.question.key in asked}
    changed = False
    for key, question in asked.items():
        value, old = answers[key], before.get(key)
        if value in (None, "", []):
            if old:
                old.delete()
                changed = True
        elif old is None or old.question_id != question.pk or old.value != value:
            # The answer belongs to the words it was given to: the version that was asked.
            if old:
                old.delete()
            SignupAnswer.objects.create(enrollment=enrollment, question=question, value=value)
            if question.kind == SignupQuestion.Kind.FILE:
                SignupFile.objects.filter(pk=value, cohort=enrollment.cohort).update(enrollment=enrollment)
            changed = True
    return changed


def answers_by_key(enrollment: Enrollment) -> dict[str, Any]:
    """What a person said so far, by the key of the question."""
    return {a.question.key: a.value for a in enrollment.answers.select_related("question")}


def shown_answers(enrollment: Enrollment, seen_by: Sequence[str] | None = None) -> list[tuple[str, str, Any]]:
    """(question, answer in words, SignupFile or None) of what may be read; without `seen_by` all. Two queries."""
    answers = [
        a for a in enrollment.answers.select_related("question") if seen_by is None or a.question.seen_by in seen_by
    ]
    files = SignupFile.objects.in_bulk(
        [a.value for a in answers if a.question.kind == SignupQuestion.Kind.FILE and a.value]
    )
    by_id = {str(pk): file for pk, file in files.items()}
    return [(a.question.text, answer_text(a.question, a.value, by_id), by_id.get(str(a.value))) for a in answers]


def answer_text(question: SignupQuestion, value: Any, files: Mapping[str, SignupFile] | None = None) -> str:
    """An answer as people read it."""
    if question.kind == SignupQuestion.Kind.FILE:
        file = (files or {}).get(str(value))
        return file.name if file else "a file"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


def field_name(question: SignupQuestion) -> str:
    """The name of its field in the form."""
    return f"q_{question.key}"


def as_typed(question: SignupQuestion, value: Any) -> Any:
    """A stored answer as the form shows it."""
    if question.kind == SignupQuestion.Kind.YES_NO and isinstance(value, bool):
        return "yes" if value else "no"
    if question.kind == SignupQuestion.Kind.FILE:
        return sign_kept(value)
    return value


def sign_kept(file_id: Any) -> str:
    """The id of a kept file, as the page gives it back: nobody can name a file that is not theirs."""
    return signing.dumps(str(file_id), salt=FILE_SALT)


def read_kept(token: Any) -> SignupFile | None:
    """The kept file that a page names, or None where the page was tampered with."""
    try:
        return SignupFile.objects.filter(pk=signing.loads(str(token or ""), salt=FILE_SALT)).first()
    except signing.BadSignature:
        return None


def is_shown(question: SignupQuestion, said: Mapping[str, Any]) -> bool:
    """Whether a conditional question is asked, after what was said to the one that it depends on."""
    if not question.shown_if:
        return True
    value = said.get(question.shown_if)
    wanted = question.shown_if_value
    if isinstance(value, list):
        return wanted in value
    return ("yes" if value else "no") == wanted if isinstance(value, bool) else str(value or "") == wanted


def keep_file(*, cohort: Cohort, upload: UploadedFile) -> SignupFile:
    """Keep a file that an applicant gave. Raises FileRefusedError unless it is small and what its name says."""
    name = str(upload.name or "file").replace("\\", "/").rsplit("/", 1)[-1][-200:]
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if ending not in SAFE_FILES:
        raise FileRefusedError("Give a PDF, an image (PNG or JPEG) or a plain text.")
    if (upload.size or 0) > MAX_FILE:
        raise FileRefusedError("The file is larger than 5 MB.")
    head = upload.read(4096)
    upload.seek(0)
    if not head.startswith(SAFE_FILES[ending]) or (ending == "txt" and b"\0" in head):
        raise FileRefusedError(f"This is no {ending.upper()} file, whatever its name says.")
    kept = SignupFile(cohort=cohort, name=name)
    kept.file.save(f"{kept.pk}.{ending}", upload, save=False)
    kept.save()
    return kept


def forget_unconfirmed(now: Any) -> int:
    """Delete sign-ups that nobody confirmed within 30 days, and the files that came with them."""
    gone, _ = PendingSignup.objects.filter(enrollment=None, created_at__lt=now - FORGET_AFTER).delete()
    for file in SignupFile.objects.filter(enrollment=None, created_at__lt=now - FORGET_AFTER):
        file.file.delete(save=False)
        file.delete()
        gone += 1
    return gone


# --- who may sign up ---


@dataclass(frozen=True)
class Rule:
    """A rule of a later room: what the form of rules calls it, who meets it (by address), and what others read."""

    label: str
    meets: Callable[[Cohort, str, str], bool]
    words: str


RULES: dict[str, Rule] = {}


def add_rule(name: str, rule: Rule) -> None:
    """Add a rule of a later room. Adding the same again replaces it."""
    RULES[name] = rule


@transaction.atomic
def save_eligibility(*, cohort: Cohort, role: str, rules: Mapping[str, Any], by: User) -> None:
    """Say who may sign up in a role; rules that are empty ask nothing."""
    cohort.eligibility = {**cohort.eligibility, role: {name: value for name, value in rules.items() if value}}
    cohort.save(update_fields=["eligibility"])
    record(verb="eligibility edited", target=cohort, workspace_id=cohort.workspace_id, by=by, role=role)


def not_eligible(cohort: Cohort, role: str, answers: Mapping[str, Any]) -> dict[str, str]:
    """field → a kind sentence, for each rule that the answers don't meet. Empty where they may sign up."""
    rules = cohort.eligibility.get(role, {})
    found: dict[str, str] = {}
    countries, languages = rules.get("countries", []), rules.get("languages", [])
    if countries and (code := answers.get("country")) and code not in countries:
        names = ", ".join(country_name(c) for c in countries)
        found["country"] = f"This round is for people in {names}."
    if languages and "languages" in answers and not set(languages) & set(answers["languages"]):
        names = " or ".join(language_name(c) for c in languages)
        found["languages"] = f"This round works in {names}."
    hours = answers.get("hours_per_month")
    if (least := rules.get("min_hours")) and hours is not None and hours < least:
        found["hours_per_month"] = f"This round needs {least} hours a month."
    if rules.get("first_time") and _took_part(cohort, role, answers.get("email", "")):
        found["email"] = f"This round is for those who have not been a {cohort.programme.label_of(role)} here before."
    for name, rule in RULES.items():
        if rules.get(name) and not rule.meets(cohort, role, answers.get("email", "").lower()):
            found["email"] = rule.words
    if rules.get("graduates") and not _took_part(cohort, "mentee", answers.get("email", ""), completed=True):
        found["email"] = "This round asks those who finished an earlier one."
    return found


def _took_part(cohort: Cohort, role: str, email: str, *, completed: bool = False) -> bool:
    status = ["completed"] if completed else ["accepted", "completed"]
    return Enrollment.objects.filter(
        cohort__programme=cohort.programme_id, role=role, status__in=status, user__email=email.lower()
    ).exclude(cohort=cohort).exists()  # fmt: skip


@transaction.atomic
def let_past(*, cohort: Cohort, role: str, email: str, note: str, by: User) -> None:
    """Put on record why somebody may sign up whom the rules would not let."""
    record(
        verb="let past the rules", target=cohort, workspace_id=cohort.workspace_id, by=by, role=role, email=email,
        reason=note,
    )  # fmt: skip
