"""The people of a cohort as a table for CSV and XLSX."""

from collections.abc import Iterator
from typing import Any

from cohorts.models import Cohort
from cohorts.people.columns import column_labels
from cohorts.signup_form.form_definition import audience_of
from cohorts.signup_form.topic_names import join_topics
from mentorship.core.accounts.field_access import Reader, may_read


def people_rows(found: Any, cohort: Cohort, *, reader: Reader | None) -> Iterator[list[Any]]:
    """Rows of the table for one reader, the head first. The import understands its headers."""
    questions = list(cohort.questions.filter(retired_at=None).exclude(kind="section").order_by("role", "position"))
    questions = [q for q in questions if may_read(reader, q.seen_by)]
    labels = column_labels(cohort.programme)
    names = [name for name in labels if may_read(reader, audience_of(name))]
    yield ["role", "status", "group", *(labels[name] for name in names), *(q.text for q in questions)]
    everyone = found.with_people().select_related("group").prefetch_related("answers__question")
    for e in everyone.iterator(chunk_size=500):
        people = e.people
        special = {
            "external_id": e.external_id or e.pk,
            "email": "; ".join(p.email for p in people),
            "full_name": "; ".join(p.known_name for p in people),
            "pronouns": e.user.pronouns,
            "time_zone": e.zone_name,
            "availability": e.hours_in_words,
            "topics": join_topics((t.name for t in e.topics.all()), "; "),
            "languages": "; ".join(e.language_names),
            "listed_publicly": "yes" if e.listed_publicly else "no",
        }
        said = {a.question.key: a.question.in_words(a.value) for a in e.answers.all()}
        values = [special[name] if name in special else getattr(e, name) for name in names]
        yield [
            cohort.programme.label_of(e.role),
            e.status,
            e.group or "",
            *values,
            *(said.get(q.key, "") for q in questions),
        ]
