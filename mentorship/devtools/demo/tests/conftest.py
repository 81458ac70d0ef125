from collections.abc import Iterator

import pytest

from mentorship.devtools.testing.demo import filled_demo


@pytest.fixture(scope="package")
def demo(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[None]:
    """Filled once for all tests here."""
    with django_db_blocker.unblock(), filled_demo(tmp_path_factory.mktemp("media")):
        yield
