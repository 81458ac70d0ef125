"""Audit entries for changes on the account pages, which are allauth's."""

from functools import partial
from typing import Any

from allauth.account import signals as account_signals
from allauth.mfa import signals as factor_signals
from allauth.mfa.models import Authenticator
from django.dispatch import Signal

from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb

CHANGES: dict[Signal, Verb] = {
    account_signals.password_set: Verb.SET_A_PASSWORD,
    account_signals.password_changed: Verb.CHANGED_THE_PASSWORD,
    account_signals.password_reset: Verb.RESET_THE_PASSWORD,
    account_signals.email_added: Verb.ADDED_AN_ADDRESS,
    account_signals.email_removed: Verb.REMOVED_AN_ADDRESS,
    account_signals.email_confirmed: Verb.CONFIRMED_AN_ADDRESS,
    account_signals.email_changed: Verb.CHANGED_THE_MAIN_ADDRESS,
    factor_signals.authenticator_added: Verb.ADDED_A_SECOND_FACTOR,
    factor_signals.authenticator_removed: Verb.REMOVED_A_SECOND_FACTOR,
    factor_signals.authenticator_reset: Verb.RENEWED_RECOVERY_CODES,
}


def record_changes_of_accounts() -> None:
    """Record every change that allauth makes. Its requests run in no transaction, so the entry follows at once."""
    for signal, verb in CHANGES.items():
        signal.connect(partial(_record, verb), weak=False, dispatch_uid=f"audit {verb}")


def _record(verb: Verb, *, user: Any = None, email_address: Any = None, **signal: Any) -> None:
    person = user or email_address.user
    authenticator = signal.get("authenticator")
    if verb == Verb.ADDED_A_SECOND_FACTOR and authenticator and authenticator.type == Authenticator.Type.RECOVERY_CODES:
        verb = Verb.RENEWED_RECOVERY_CODES  # the first ones come with the first factor
    record(verb=verb, target=person, workspace_id=None, by=person)
