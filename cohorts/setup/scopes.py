"""The cohort of a message, and its name."""

from collections.abc import Iterable

from django.db.models import Q

from cohorts.models import Cohort, Enrollment
from mentorship.core.ui.requests import numbers_in


def names_of_scopes(scopes: Iterable[str]) -> dict[str, str]:
    """Names of the cohorts in scopes such as cohort:12 of messages and mail templates."""
    ids = [scope.removeprefix("cohort:") for scope in scopes if scope.startswith("cohort:")]
    found = Cohort.objects.filter(pk__in=numbers_in(ids))
    return {f"cohort:{pk}": name for pk, name in found.values_list("pk", "name")}


def home_of_person(email: str) -> tuple[int, str] | None:
    """The workspace and scope of the cohort that the owner of an address last signed up for."""
    of_person = Enrollment.objects.filter(Q(user__email__iexact=email) | Q(members__user__email__iexact=email))
    last = of_person.order_by("-pk").values_list("cohort__programme__workspace_id", "cohort_id").first()
    return (last[0], f"cohort:{last[1]}") if last else None
