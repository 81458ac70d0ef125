"""Put readings of private needs on record: every page and file that shows them calls this first."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from cohorts.models import Enrollment, SignupAnswer
from mentorship.core.accounts.field_access import Audience
from mentorship.core.accounts.models import User
from mentorship.core.audit.models import ReadEntry
from mentorship.core.audit.services import record_readings


def record_needs_read(ids: Any, *, way: ReadEntry.Way, by: User | None, workspace_id: int) -> None:
    """Note that somebody reads the private needs of enrollments (ids, or a query for them) that have some."""
    private = SignupAnswer.objects.filter(enrollment=OuterRef("pk"), question__seen_by=Audience.PRIVATE)
    told = Enrollment.objects.filter(~Q(private_needs="") | Exists(private), pk__in=ids)
    record_readings(
        kind=ReadEntry.Kind.NEEDS,
        way=way,
        by=by,
        workspace_id=workspace_id,
        read=[(enrollment, enrollment.user_id) for enrollment in told.only("pk", "user_id")],
    )
