from django.apps import apps

from mentorship.core.extensions import extension_points


def test_every_extension_point_says_what_it_is_for_and_is_provided_by_an_app_above_the_one_that_asks():
    installed = {config.name for config in apps.get_app_configs()}
    points = extension_points()
    assert len(points) >= 14
    for point in points:
        assert point.about, point.name
        assert point.providers, f"Nobody provides anything at “{point.name}” of {point.asked_by}."
        assert {provider.by for provider in point.providers} <= installed, point.name
