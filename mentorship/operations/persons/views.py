"""Download of the signed-in person's data."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from mentorship.core.accounts.models import User
from mentorship.core.accounts.sign_in.reauthentication import require_recent_sign_in
from mentorship.operations.persons.export import export_zip, record_copy
from mentorship.operations.persons.subject import find_subject


@require_GET
@login_required
def my_data(request: HttpRequest) -> HttpResponse:
    """Download all data about the reader as a ZIP, and record it."""
    require_recent_sign_in(request)
    user = User.objects.get(pk=request.user.pk)
    subject = find_subject(user.email)
    data = export_zip(subject)
    record_copy(subject, by=user)
    answer = HttpResponse(data, content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="my-data.zip"'
    return answer
