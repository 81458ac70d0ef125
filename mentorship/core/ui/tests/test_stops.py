import pytest

from mentorship.core.ui.stops import single_stops


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("It is about soils..", "It is about soils."),
        ("It is called “Maps of soils.”. Welcome!", "It is called “Maps of soils”. Welcome!"),
        ("Of Seeds Inc.. Bye", "Of Seeds Inc. Bye"),
        ("Wait...", "Wait..."),
        ("See a..b and ../c", "See a..b and ../c"),
        ("(etc.).", "(etc.)."),
    ],
)
def test_a_sentence_ends_in_one_full_stop(text, said):
    assert single_stops(text) == said
