"""Limits of public pages, and their counts while the cache server is away."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from redis.exceptions import TimeoutError as RedisTimeoutError

from mentorship.core import fallback_cache
from mentorship.core.accounts.models import LimitEntry
from mentorship.core.web import limits
from mentorship.operations.retention.classes import find_class
from mentorship.operations.retention.services import delete_some

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_():
    return RequestFactory().post("/", REMOTE_ADDR="192.0.2.1")


def test_a_limit_counts_by_its_key_and_counts_nothing_where_one_is_used_up(request_, settings):
    settings.LIMITS = {"narrow": "1/h", "wide": "2/h"}
    limits.spend(request_, wide="a", narrow="a")
    with pytest.raises(limits.LimitError, match="try again in an hour"):
        limits.spend(request_, wide="a", narrow="a")
    limits.spend(request_, wide="a", narrow="b")
    with pytest.raises(limits.LimitError):
        limits.spend(request_, wide="a")
    limits.forget(request_, wide="a")
    limits.spend(request_, wide="a").take_back()
    assert [len(limits.spend(request_, wide="a").uses) for _ in range(2)] == [1, 1]


def test_the_longest_wait_is_said_in_words(settings):
    settings.LIMITS = {"a": "5/5m", "b": "6/h,9/2d", "c": "1/m"}
    assert [limits.waiting_time(name) for name in "abc"] == ["5 minutes", "2 days", "a minute"]


def test_while_the_server_hangs_the_database_counts_and_nobody_waits_twice(request_, settings, monkeypatch):
    asked = []

    def hang(*args, **kwargs):
        asked.append(args)
        raise RedisTimeoutError("Timeout reading from socket")

    monkeypatch.setattr(fallback_cache.RedisCache, "add", hang)
    settings.CACHES = {
        "default": {"BACKEND": "mentorship.core.fallback_cache.FallbackCache", "LOCATION": "redis://127.0.0.1:9"}
    }
    settings.LIMITS = {"few": "2/h"}
    limits.spend(request_, few="person@example.org")
    limits.spend(request_, few="person@example.org")
    with pytest.raises(limits.LimitError):
        limits.spend(request_, few="person@example.org")
    assert len(asked) == 1
    entry = LimitEntry.objects.get()
    assert "person" not in entry.cache_key
    caches["default"].delete("nothing")
    assert delete_some(find_class("limits"), timezone.now() + timedelta(hours=26)) == 1


def test_without_a_server_the_table_is_the_cache(request_, settings):
    settings.CACHES = {"default": {"BACKEND": "mentorship.core.fallback_cache.TableCache"}}
    settings.LIMITS = {"few": "1/h"}
    limits.spend(request_, few="a")
    with pytest.raises(limits.LimitError):
        limits.spend(request_, few="a")


def test_what_anybody_may_send_is_limited_by_source_and_by_link(client, cast, settings):
    settings.LIMITS = {**settings.LIMITS, "post_by_source": "3/h", "post_by_link": "2/h"}
    link = reverse("cohorts:signup-edit", args=["no-such-link"])
    answers = [client.post(link, {}, REMOTE_ADDR=f"192.0.2.{n}").status_code for n in range(3)]
    assert answers == [404, 404, 429], "one link from wherever"
    answers = [client.post(reverse("account_login"), {}).status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429], "one source to whatever"
    assert client.get(reverse("account_login")).status_code == 200
    client.force_login(cast.coordinator)
    assert client.post(reverse("accounts:profile"), {}).status_code != 429, "who is signed in is known"
