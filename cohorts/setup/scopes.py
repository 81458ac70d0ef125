"""Which cohort a message belongs to, and what it is called."""

from collections.abc import Iterable

from django.db.models import Q

from cohorts.models import Cohort, Enrollment
from mentorship.core.ui.requests import numbers_in


def names_of_scopes(scopes: Iterable[str]) -> dict[str, str]:
    """The names of the cohorts that messages and mail templates call cohort:12."""
    ids = [scope.removeprefix("cohort:") for scope in scopes if scope.startswith("cohort:")]
    found = Cohort.objects.filter(pk__in=numbers_in(ids))
    return {f"cohort:{pk}": name for pk, name in found.values_list("pk", "name")}


def home_of_person(email: str) -> tuple[int, str] | None:
    """The workspace and the scope of the cohort that the owner of an address signed up for last."""
    of_person = Enrollment.objects.filter(Q(user__email__iexact=email) | Q(members__user__email__iexact=email))
    last = of_person.order_by("-pk").values_list("cohort__programme__workspace_id", "cohort_id").first()
    return (last[0], f"cohort:{last[1]}") if last else None
