"""Neutral values never beat stated ones, and many languages never beat the one that is needed."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.profiles import MatchProfile, MatchQuestion
from matching.scoring.factors import FACTORS
from matching.scoring.scores import score

SILENT = MatchProfile(key="silent", people=frozenset({"eve"}))

SAID = {
    "topics": st.lists(st.sampled_from(["R", "soil", "open data"]), min_size=1, max_size=2, unique=True).map(tuple),
    "mentoring_type": st.sampled_from(["technical", "career", "both"]),
    "style": st.sampled_from(["loose", "structured"]),
    "languages": st.lists(st.sampled_from(["en", "es", "pt"]), min_size=1, max_size=3, unique=True).map(tuple),
    "utc_offset": st.integers(-11, 12),
    "region": st.sampled_from(["EU", "AS"]),
    "answers": st.fixed_dictionaries({}, optional={"one": st.sampled_from("xy"), "two": st.sampled_from("xy")}),
}
QUESTIONS = [MatchQuestion("one", "one"), MatchQuestion("two", "one")]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.builds(MatchProfile, key=st.just("a"), **SAID), min_size=1, max_size=3), st.data())
def test_silence_never_beats_an_honest_twin(mentees, data):
    honest = data.draw(st.builds(MatchProfile, key=st.just("b"), **SAID))
    left_out = data.draw(st.sampled_from(list(SAID)))
    silent = replace(honest, key="c", **{left_out: getattr(SILENT, left_out)})
    other = data.draw(st.builds(MatchProfile, key=st.just("d"), **SAID))
    scores = score(mentees, [honest, silent, other], questions=QUESTIONS, require_common_language=False)
    assert (scores.total[:, 1] <= scores.total[:, 0] + 1e-12).all()
    # Neither does a mentee gain by it.
    asked = replace(mentees[0], key="e", **{left_out: getattr(SILENT, left_out)})
    twins = score([mentees[0], asked], [honest, other], questions=QUESTIONS, require_common_language=False)
    for name in FACTORS:
        assert (twins.factors[name][1] <= twins.factors[name][0] + 1e-12).all(), name


@settings(max_examples=10, deadline=None)
@given(st.lists(st.sampled_from(["en", "es", "pt", "fr"]), min_size=1, max_size=4, unique=True))
def test_many_languages_never_beat_the_one_that_is_needed(languages):
    many = [f"{a}{b}" for a in "abcd" for b in "xyz"]
    scores = score(
        [MatchProfile("a", languages=tuple(languages))],
        [MatchProfile("b", languages=(languages[0],)), MatchProfile("c", languages=(*languages, *many))],
    )
    assert scores.total[0, 0] == scores.total[0, 1]
