"""The walks share one demo, and what somebody of each role reaches in it: to fill it and to open all takes longest."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db.models import F
from django.test import Client

from cohorts.models import Enrollment
from mentorship.core.accounts.models import User
from mentorship.devtools.demo import fill
from mentorship.devtools.testing.demo import filled_demo
from mentorship.devtools.testing.walks.crawl import Site, crawl

ROLES = ("programme owner", "mentor", "mentee", "partner contact")


@pytest.fixture(scope="package")
def media_of_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="package")
def demo(django_db_setup, django_db_blocker, media_of_demo) -> Iterator[None]:
    with django_db_blocker.unblock(), filled_demo(media_of_demo):
        _move_to_fixed_offsets()
        yield


@pytest.fixture(scope="package")
def sites(demo, django_db_blocker) -> dict[str, Site]:
    """The pages that a person of each role can reach in the demo from the first page on."""
    people, found = dict(fill.sign_ins()), {}
    with django_db_blocker.unblock():
        for role in ROLES:
            client = Client()
            client.force_login(User.objects.get(email=people[role]))
            found[role] = crawl(client)
    return found


@pytest.fixture(autouse=True)
def files_of_demo(settings, media_of_demo, quick_and_quiet) -> None:
    settings.MEDIA_ROOT = media_of_demo / "files"


def _move_to_fixed_offsets() -> None:
    """Put many people where a sheet said only "+3" or "-8": the database writes these zones with the sign turned."""
    for model, keys in ((User, ("Etc/GMT-3", "Etc/GMT+8")), (Enrollment, ("Etc/GMT+8", "Etc/GMT-3"))):
        for rest, key in enumerate(keys):
            model.objects.annotate(third=F("pk") % 3).filter(third=rest).update(time_zone=key)
