"""Read, save and copy the matching policy of a cohort."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from cohorts.models import Cohort
from matching.models import ConfirmPolicy, MatchPolicy
from matching.policy.choices import DEFAULT_RULES, OBJECTIVES
from matching.scoring.factors import default_weights, visible_factors
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError


def weights_of(cohort: Cohort) -> tuple[dict[str, float], bool]:
    """Return the cohort's weights, and whether a pair needs a language in common.

    A factor that came after the policy was saved weighs nothing; one that is gone since is left out.
    """
    policy = MatchPolicy.objects.filter(cohort=cohort).first()
    weights = default_weights()
    if policy is None:
        return weights, True
    saved = {name: policy.weights.get(name, 0) for name in visible_factors()}
    return {**weights, **saved}, policy.require_common_language


def rules_of(cohort: Cohort) -> tuple[dict[str, Any], str]:
    """Return every rule of the cohort with its value, and the objective."""
    policy = MatchPolicy.objects.filter(cohort=cohort).first()
    return {**DEFAULT_RULES, **(policy.rules if policy else {})}, policy.objective if policy else "total"


def settings_of(cohort: Cohort) -> dict[str, Any]:
    """Every rule of the cohort with its value, and whether a pair needs a language in common."""
    policy = MatchPolicy.objects.filter(cohort=cohort).first()
    common = policy.require_common_language if policy else True
    return {**DEFAULT_RULES, **(policy.rules if policy else {}), "require_common_language": common}


@transaction.atomic
def save_weights(
    *,
    cohort: Cohort,
    weights: Mapping[str, float],
    require_common_language: bool,
    by: User,
    rules: Mapping[str, Any] | None = None,
    objective: str | None = None,
) -> None:
    """Set how later runs score; earlier runs keep their figures. Rules and objective stay if none are given.

    Raises ServiceError if a rule or the objective is unknown.
    """
    unknown = [name for name in rules or {} if name not in DEFAULT_RULES]
    if unknown or (objective is not None and objective not in OBJECTIVES):
        raise ServiceError(f"No such rule or objective: {', '.join(unknown) or objective}.")
    values: dict[str, Any] = {"weights": dict(weights), "require_common_language": require_common_language}
    if rules is not None:
        values["rules"] = {name: value for name, value in rules.items() if value != DEFAULT_RULES[name]}
    if objective is not None:
        values["objective"] = objective
    policy, _ = MatchPolicy.objects.update_or_create(cohort=cohort, defaults=values)
    said = {"weights": dict(weights), "rules": policy.rules, "objective": policy.objective}
    record(verb=Verb.WEIGHTED, target=policy, workspace_id=cohort.workspace_id, by=by, **said)


def copy_policy(*, like: Cohort, cohort: Cohort) -> None:
    """Copy the matching and confirmation policy of another cohort."""
    found: list[MatchPolicy | ConfirmPolicy] = [
        *MatchPolicy.objects.filter(cohort=like),
        *ConfirmPolicy.objects.filter(cohort=like),
    ]
    for policy in found:
        policy.pk, policy.cohort = None, cohort
        policy._state.adding = True
        policy.save()
