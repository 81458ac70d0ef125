"""Read pages in tests."""

from django.http import HttpResponse


def words_in(page: HttpResponse | str) -> str:
    """The page with single spaces: where a template breaks its lines is no test's concern."""
    html = page if isinstance(page, str) else page.content.decode()
    return " ".join(html.split())
