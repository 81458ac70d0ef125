"""Sample data: it is added by one button, sends nothing, and goes without a trace."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core import mail
from django.utils import timezone

from cohorts.models import Cohort, Programme
from matching.engine.services import run_now
from matching.intro.services import confirm_run
from mentorship.core.audit.models import AuditEntry
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.delivery.deliver import deliver_all_due
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import UserFactory
from mentorship.devtools.testing.pages import words_in
from mentorship.portal.sample.services import delete_sample
from mentorship.portal.team_news.services import readers

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def rows() -> dict[str, int]:
    return {model._meta.label: model._base_manager.count() for model in apps.get_models(include_auto_created=True)}


def test_sample_data_sends_nothing_and_is_removed_without_a_trace(client):
    operator = UserFactory(is_superuser=True, is_staff=True)
    client.force_login(operator)
    client.get("/")
    before = rows()
    page = client.post("/setup/sample/", follow=True)
    cohort = Cohort.objects.get()
    assert page.context["cohort"] == cohort
    assert "these people are made up" in words_in(page)
    assert client.post("/setup/sample/", follow=True).redirect_chain[-1][0] == "/setup/"  # there is one already
    assert Programme.objects.count() == 1
    confirm_run(run=run_now(cohort=cohort, by=operator)[0], by=operator)
    deliver_all_due(timezone.now() + timedelta(days=1))
    assert set(OutboxMessage.objects.values_list("status", flat=True)) == {"skipped"}
    assert mail.outbox == []
    assert not readers().exists()
    assert "are deleted for good" in words_in(client.post("/setup/sample/delete/"))
    client.post("/setup/sample/delete/", {"confirmed": "yes"})
    left = {name: (before.get(name, 0), number) for name, number in rows().items() if number != before.get(name, 0)}
    assert left == {"audit.AuditEntry": (0, 1)}  # that it was removed
    assert AuditEntry.objects.get().workspace_id is None


def test_only_sample_data_can_be_deleted_so(cast):
    with pytest.raises(ServiceError, match="no sample data"):
        delete_sample(programme=cast.cohort.programme, by=cast.coordinator)
    assert not cast.cohort.programme.workspace.is_sample
