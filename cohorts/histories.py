"""Histories on the pages of this app."""

from typing import Any

from django.db.models import Q
from django.urls import reverse

from cohorts.models import Cohort, Enrollment, Mailing, Programme, SignupQuestion
from cohorts.signup_form.form_definition import FORM_ROLES
from mentorship.core.audit.services import history_of
from mentorship.core.audit.verbs import Verb
from mentorship.core.history.subjects import Find, Subject, rows

QUESTION_VERBS = [Verb.QUESTION_SAVED, Verb.QUESTION_MOVED, Verb.QUESTION_REMOVED]
FORM_VERBS = [*QUESTION_VERBS, Verb.FORM_EDITED, Verb.ELIGIBILITY_EDITED]


def _signup_form(user: Any, key: str) -> Subject | None:
    """The form of a cohort for a role, such as `seeds-9-mentee`: its fields, rules and questions."""
    slug, _, role = key.rpartition("-")
    cohort = Cohort.objects.visible_to(user).select_related("programme").filter(slug=slug).first()
    if cohort is None or role not in FORM_ROLES:
        return None
    keys = list(SignupQuestion.objects.filter(cohort=cohort, role=role).values_list("key", flat=True))
    of_role = Q(data__role=role, verb__in=FORM_VERBS) | Q(data__question__in=keys, verb__in=QUESTION_VERBS)
    entries = history_of(cohort).filter(of_role)
    title = f"Sign-up form for {cohort.programme.plural_of(role)}"
    url = reverse("cohorts:signup-form-edit", args=[slug, role])
    return Subject(title, url, cohort.workspace_id, entries)


HISTORIES_OF_APP: dict[str, Find] = {
    "cohorts.programme": rows(Programme.objects.visible_to),
    "cohorts.cohort": rows(Cohort.objects.visible_to),
    "cohorts.signupform": _signup_form,
    "cohorts.enrollment": rows(Enrollment.objects.visible_to),
    "cohorts.mailing": rows(Mailing.objects.visible_to),
}
