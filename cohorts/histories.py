"""What of this app has a history on its page."""

from typing import Any

from django.db.models import Q
from django.urls import reverse

from cohorts.models import Cohort, Enrollment, Mailing, Programme, SignupQuestion
from cohorts.questions.form_definition import FORM_ROLES
from mentorship.core.audit.models import AuditEntry
from mentorship.core.audit.verbs import Verb
from mentorship.core.history.subjects import Find, Subject, rows


def _signup_form(user: Any, key: str) -> Subject | None:
    """The form of a cohort for a role, such as `seeds-9-mentee`: its questions, and what the cohort keeps of it."""
    slug, _, role = key.rpartition("-")
    cohort = Cohort.objects.visible_to(user).select_related("programme").filter(slug=slug).first()
    if cohort is None or role not in FORM_ROLES:
        return None
    questions = [str(pk) for pk in SignupQuestion.objects.filter(cohort=cohort, role=role).values_list("pk", flat=True)]
    of_cohort = Q(object_type="cohorts.cohort", object_id=str(cohort.pk), data__role=role)
    entries = AuditEntry.objects.filter(
        Q(object_type="cohorts.signupquestion", object_id__in=questions)
        | of_cohort & Q(verb__in=[Verb.FORM_EDITED, Verb.ELIGIBILITY_EDITED])
    )
    title = f"Sign-up form for {cohort.programme.plural_of(role)}"
    url = reverse("cohorts:signup-form-edit", args=[slug, role])
    return Subject(title, url, cohort.workspace_id, entries.select_related("actor"))


HISTORIES_OF_APP: dict[str, Find] = {
    "cohorts.programme": rows(Programme.objects.visible_to),
    "cohorts.cohort": rows(Cohort.objects.visible_to),
    "cohorts.signupform": _signup_form,
    "cohorts.enrollment": rows(Enrollment.objects.visible_to),
    "cohorts.mailing": rows(Mailing.objects.visible_to),
}
