import pytest

from mentorship.core import extensions
from mentorship.core.extensions import ExtensionPoint, extension_points


@pytest.fixture
def point(monkeypatch) -> ExtensionPoint[str]:
    monkeypatch.setattr(extensions, "_POINTS", {})
    return ExtensionPoint("colours", asked_by="painting.services", about="What can be painted with.")


def test_providers_are_asked_in_the_order_in_which_they_provided(point):
    point.provide("red", "#f00", by="warm")
    point.provide("blue", "#00f", by="cold")
    assert list(point) == ["#f00", "#00f"]
    assert point.items() == [("red", "#f00"), ("blue", "#00f")]
    assert point["red"] == "#f00"
    assert "green" not in point


def test_a_name_that_is_provided_twice_is_an_error_that_names_both(point):
    point.provide("red", "#f00", by="warm")
    with pytest.raises(ValueError, match=r"“red”.*“colours”: warm and cold"):
        point.provide("red", "#a00", by="cold")
    with pytest.raises(ValueError, match=r"“colours”: in painting\.services and elsewhere"):
        ExtensionPoint("colours", asked_by="elsewhere", about="Again.")


def test_who_asks_and_who_provides_is_listed(point):
    point.provide("red", "#f00", by="warm")
    assert [(p.name, p.asked_by, [one.by for one in p.providers]) for p in extension_points()] == [
        ("colours", "painting.services", ["warm"])
    ]


def test_a_test_can_put_its_own_in_place(point):
    point.provide("red", "#f00", by="warm")
    with point.replaced_by({"green": "#0f0"}):
        assert list(point) == ["#0f0"]
    assert list(point) == ["#f00"]
