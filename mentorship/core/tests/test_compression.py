"""Pages leave compressed, and no secret beside what a request makes a page repeat."""

import gzip

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from mentorship.core.links import TOKEN
from mentorship.core.web.compression import CompressionMiddleware

SECRET = f"/answer/12:{'a' * 43}/"
LONG = "<p>" + "words " * 200


def answer(path="/", content=LONG, content_type="text/html", method="get"):
    request = getattr(RequestFactory(), method)(path, headers={"accept-encoding": "gzip"})
    return CompressionMiddleware(lambda request: HttpResponse(content, content_type=content_type))(request)


@pytest.mark.parametrize("page", ["/", "/?q=ana"])
def test_a_page_leaves_compressed(page):
    found = answer(page)
    assert found["Content-Encoding"] == "gzip"
    assert gzip.decompress(found.content).decode() == LONG
    assert len(found.content) < len(LONG) / 3


def test_no_signed_link_is_compressed_with_what_the_request_may_make_the_page_repeat():
    assert TOKEN.search(SECRET)
    assert answer("/", LONG + SECRET).has_header("Content-Encoding")
    assert not answer("/?q=ana", LONG + SECRET).has_header("Content-Encoding")
    assert not answer("/", LONG + SECRET, method="post").has_header("Content-Encoding")


def test_files_that_are_compressed_already_stay_as_they_are():
    assert not answer(content_type="application/pdf").has_header("Content-Encoding")


def test_the_token_of_forms_is_masked_anew_in_each_answer(client, cast):
    client.force_login(cast.coordinator)
    seen = {client.get("/").context["csrf_token"] for _ in range(2)}
    assert len({str(token) for token in seen}) == 2
