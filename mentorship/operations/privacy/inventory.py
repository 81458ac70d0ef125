"""The inventory of personal fields, made of the rules of personal data; `docs/privacy.md` is its text."""

from collections.abc import Iterator

from django.apps import apps
from django.db.models import Field, ForeignKey, Model

from mentorship.core.personal_data import BLANK, DELETE, PROGRAMME, TEAM, THEMSELVES, PersonalDataRule
from mentorship.operations.persons.model_registry import personal_data_rules
from mentorship.operations.privacy.purposes import PURPOSES, Purpose
from mentorship.operations.retention.classes import CLASSES, KEPT

INTRODUCTION = """# Personal data

Every field that holds something about people, by its purpose. This page is generated from the code
(`manage.py personal_data > docs/privacy.md`): the rules in each app’s `personal_data.py`, the purposes in
`mentorship/operations/privacy/purposes.py` and the times in `KEEP_DAYS` (see [operating.md](operating.md)). A test
fails while a field of any model is missing. The page `/privacy/` tells people the same in plain words.

*Erased* says what an erasure does with a row: it is removed, anonymised, or kept for the reason given. Fields that may
mention somebody, such as texts of emails, are searched for names and addresses at every erasure.
"""
WRITTEN = {THEMSELVES: "written by the person", PROGRAMME: "written for the person", TEAM: "written by the team"}


def markdown() -> str:
    """The whole page."""
    return "\n".join([INTRODUCTION, *_kept(), *(line for purpose in PURPOSES for line in _of_purpose(purpose))])


def _kept() -> Iterator[str]:
    yield "## How long it is kept\n"
    yield "| what | name in `KEEP_DAYS` | kept | then |"
    yield "|---|---|---|---|"
    for kind in CLASSES:
        yield f"| {kind.title} | `{kind.key}` | {kind.kept} | {kind.becomes} |"
    for one in KEPT:
        yield f"| {one.title} | | no limit | {one.why} |"
    yield ""


def _of_purpose(purpose: Purpose) -> Iterator[str]:
    models = [apps.get_model(label) for label in personal_data_rules() if label.split(".")[0] in purpose.apps]
    rows = [line for model in models for line in _of_model(model)]
    if rows:
        yield f"## {purpose.title}\n"
        yield f"{purpose.why} Readers: {purpose.readers[0].lower()}{purpose.readers[1:]}\n"
        yield "| table | personal fields | may mention somebody | erased |"
        yield "|---|---|---|---|"
        yield from rows
        yield ""


def _of_model(model: type[Model]) -> Iterator[str]:
    label = model._meta.label_lower
    rule = personal_data_rules()[label]
    own = [_field(field, rule) for field in model._meta.concrete_fields if _is_personal(field, rule)]
    if own or rule.mentions:
        erased = rule.books or (f"{rule.erase}{_reason(rule)}" if rule.is_about_people else "names are taken out")
        title = f"{rule.title}<br>`{label}`" if rule.title else f"`{label}`"
        yield f"| {title} | {', '.join(own)} | {', '.join(f'`{one}`' for one in rule.mentions)} | {erased} |"


def _is_personal(field: Field, rule: PersonalDataRule) -> bool:
    return field.name in rule.listed - {*rule.mentions, *rule.impersonal, *rule.technical}


def _field(field: Field, rule: PersonalDataRule) -> str:
    by = rule.words.get(field.name, "")
    if callable(by):
        note = "written by either"
    elif field.name in rule.actors:
        note = "who did it"
    elif field.name in rule.held_back:
        note = "not handed out"
    elif isinstance(field, ForeignKey):
        note = "whose it is"
    else:
        note = WRITTEN.get(by, f"written by `{by}`" if by else "")
    return f"`{field.name}`{f' ({note})' if note else ''}"


def _reason(rule: PersonalDataRule) -> str:
    stays = rule.erase != DELETE and rule.why
    return f": {rule.why}" if stays else "" if rule.erase != BLANK else ", what is listed"
