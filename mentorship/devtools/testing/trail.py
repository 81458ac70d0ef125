"""An installation without its audit trail, for tests that no rule reads it."""

from mentorship.core import frozen_rows
from mentorship.core.audit.models import AuditEntry


def lose_audit_trail() -> None:
    """Delete every audit entry, and the triggers that refuse it. The end of the test's transaction brings both back."""
    frozen_rows.remove()
    AuditEntry.objects.all().delete()
