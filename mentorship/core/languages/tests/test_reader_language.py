"""The language that somebody gets, and dates and names in it."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from mentorship.core.languages import dates
from mentorship.core.languages.current import current_language, reader_language, shared_language, speaking
from mentorship.core.languages.known import BY_CODE, LANGUAGES, languages_of
from mentorship.core.reference_data import countries, country_name
from mentorship.core.timezones import time_zone_choices, zone_name


@pytest.mark.parametrize(
    ("query", "own", "said", "header", "expected"),
    [
        ("de", "es", "fr", "fr", "de"),
        ("it", "es", "fr", "de", "fr"),
        ("", "es", "", "de", "es"),
        ("", "", "", "es-MX,es;q=0.9,de;q=0.8", "es"),
        ("", "", "", "pt-PT;q=0.5,pl", "pt-br"),
        ("", "", "", "pl,it", "en"),
        ("", "xx", "xx", "", "en"),
    ],
)
def test_the_address_comes_first_then_what_is_known_then_the_account_then_the_browser(
    rf, query, own, said, header, expected
):
    request = rf.get("/", {"lang": query} if query else {}, headers={"Accept-Language": header} if header else {})
    request.user = SimpleNamespace(language=own)
    assert reader_language(request, LANGUAGES, [said]).code == expected


def test_a_page_offers_its_own_languages_only_and_the_first_for_want_of_a_better_one(rf):
    request = rf.get("/?lang=en", headers={"Accept-Language": "en"})
    assert reader_language(request, languages_of(["fr", "xx", "es"])).code == "fr"
    assert languages_of(["xx"]) == (BY_CODE["en"],)


def test_one_mail_to_several_is_in_the_language_that_all_of_them_have_else_in_the_first():
    ana, bo, chao = (SimpleNamespace(language=code) for code in ("es", "es", "de"))
    assert shared_language([ana, bo], ("en", "es")) == "es"
    assert shared_language([ana, chao], ("fr", "es", "de")) == "fr"
    assert shared_language([chao], ("fr", "es")) == "fr"
    assert shared_language(["ana@example.org"], ()) == "en"


@pytest.mark.parametrize(
    ("code", "long", "short"),
    [
        ("en", "16 February 2027", "Tue 16 Feb 2027, 10:05"),
        ("es", "16 de febrero de 2027", "mar, 16 feb 2027, 10:05"),
        ("fr", "16 février 2027", "mar. 16 févr. 2027, 10:05"),
        ("pt-br", "16 de fevereiro de 2027", "ter., 16 de fev. de 2027, 10:05"),
        ("de", "16. Februar 2027", "Di., 16. Feb. 2027, 10:05"),
    ],
)
def test_dates_have_the_order_of_their_language(code, long, short):
    with speaking(BY_CODE[code]):
        assert (dates.long_day(date(2027, 2, 16)), dates.short_moment(datetime(2027, 2, 16, 10, 5, tzinfo=UTC))) == (
            long,
            short,
        )
    assert current_language().code == "en"


def test_countries_and_cities_have_their_names_in_a_locale_and_are_sorted_by_them():
    names = [name for _code, name in countries("es")]
    assert (country_name("DE", "es"), country_name("DE")) == ("Alemania", "Germany")
    assert names.index("Egipto") < names.index("El Salvador") < names.index("España") < names.index("Estonia")
    assert (zone_name("Europe/London", "es"), zone_name("Europe/London")) == ("Londres", "London")
    europe = dict(time_zone_choices(locale="de"))["Europe"]
    assert any(line.startswith("Wien, Österreich (UTC+") for _zone, line in europe)
