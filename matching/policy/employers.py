"""The rule “Not from the same employer”: the questions that ask for the employer, and how answers are compared."""

import re
from collections.abc import Mapping
from typing import Any

from cohorts.models import Cohort, Enrollment, SignupQuestion
from cohorts.signup_form.labels import ASKS_FOR_EMPLOYER
from mentorship.core.text import without_accents

ROLES = (Enrollment.Role.MENTEE, Enrollment.Role.MENTOR)
RULE, QUESTIONS = "other_employer", "employer_questions"  # names of rules; the second is role → key of a question
KINDS = ("short", "one")  # kinds of questions that can ask for an employer
# Endings of names that tell the legal form only.
LEGAL_FORMS = frozenset(
    """
    ab ag as asbl aps bv bvba cic co company corp corporation ev gmbh gbr inc incorporated kg kgaa kk limited llc llp lp
    ltd mbh ltda nv ohg oy oyj plc pte pty pvt sa sarl sas se sl spa srl sro ug
    """.split()  # noqa: SIM905 (names are read as text)
)
# Answers of people without an employer: two of them don't share one.
NO_EMPLOYER = frozenset(
    ("", "-", "na", "n a", "no", "none", "nil", "student", "retired", "unemployed", "independent", "self employed")
) | {"selfemployed", "freelance", "freelancer", "myself"}


def employer_words(answer: str) -> str:
    """An employer's name for comparison: "The Field School Ltd." is "field school"; "" for somebody without one."""
    plain = without_accents(answer.casefold()).replace("&", " and ").replace(".", "").replace("'", "").replace("’", "")
    words = re.findall(r"[^\W_]+", plain.replace("ß", "ss"))
    if " ".join(words) in NO_EMPLOYER:
        return ""
    kept = words[1:] if words[:1] == ["the"] and len(words) > 1 else list(words)
    while len(kept) > 1 and (kept[-1] in LEGAL_FORMS or kept[-1] == "and"):
        kept.pop()
    return " ".join(kept)


def questions_to_choose(cohort: Cohort, role: str) -> list[SignupQuestion]:
    """The current questions to a role that may be compared: short texts and single choices, never private needs."""
    asked = SignupQuestion.objects.filter(cohort=cohort, role=role, retired_at=None, kind__in=KINDS)
    return list(asked.exclude(seen_by=SignupQuestion.Seen.PRIVATE))


def likely_question(cohort: Cohort, role: str) -> str:
    """The key of the one question whose words ask for an employer, to be suggested; "" for none or several."""
    keys = [q.key for q in questions_to_choose(cohort, role) if ASKS_FOR_EMPLOYER.search(q.text)]
    return keys[0] if len(keys) == 1 else ""


def why_idle(cohort: Cohort, rules: Mapping[str, Any]) -> str:
    """Why the rule excludes nobody although it is on; "" if it can work or is off."""
    if not rules.get(RULE):
        return ""
    chosen = rules.get(QUESTIONS) or {}
    label = "“Not from the same employer” does nothing"
    for role in ROLES:
        word = cohort.programme.plural_of(role)
        if not chosen.get(role):
            return f"{label}: choose the question that asks {word} for their employer."
        if chosen[role] not in {question.key for question in questions_to_choose(cohort, role)}:
            return f"{label}: {word} are no longer asked the question that was chosen for it. Choose another one."
    return ""
