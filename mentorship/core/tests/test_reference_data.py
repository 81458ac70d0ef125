"""Countries and their continents."""

import pytest

from mentorship.core.reference_data import continent_of


@pytest.mark.parametrize(
    ("country", "zone", "continent"),
    [("BR", "America/Sao_Paulo", "SA"), ("", "Africa/Nairobi", "AF"), ("", "America/Lima", ""), ("", "", "")],
)
def test_continent_from_the_country_else_from_the_time_zone(country, zone, continent):
    assert continent_of(country, zone) == continent
