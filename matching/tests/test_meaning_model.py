"""The sentence model: its numbers are those of the original, and it knows what it can't read."""

from types import SimpleNamespace

import numpy as np
import pytest

from matching.meaning import model as model_module
from matching.meaning.model import ModelMissingError, sentence_model
from matching.meaning.word_pieces import WordPieces
from matching.profiles import MatchProfile
from matching.scoring.scores import score

UNKNOWN, FIRST, LAST = 100, 101, 102


@pytest.fixture(scope="module")
def model():
    """The real one; whoever runs these tests has installed it."""
    return sentence_model()


@pytest.fixture(scope="module")
def pieces(model):
    return model._pieces


def test_the_vectors_are_those_of_the_original(model):
    # As the package sentence-transformers gives them for its own example.
    (row,) = model.vectors(["This is an example sentence"])
    assert row[:5] == pytest.approx([0.06765692, 0.06349597, 0.04871313, 0.07930496, 0.03744807], abs=1e-6)
    assert np.linalg.norm(row) == pytest.approx(1)


# A mentee, the mentor who is about the same in other words, and one who shares a word and is about something else.
FIELDS = {
    "law clinic": (
        "Keeping tenants in their homes when the landlord goes to court",
        "Housing rights and eviction defence",
        "Care for tennis court surfaces",
    ),
    "nursing": (
        "Comfort for patients in the last weeks of their life",
        "Palliative and hospice care",
        "The last weeks of an expedition on skis",
    ),
    "open-source infrastructure": (
        "Keeping web servers running when traffic peaks at night",
        "Reliability of cloud services under load",
        "Photography of owls at night",
    ),
    "school leadership": (
        "Becoming a head teacher where staff leave every year",
        "Leading schools, and retaining their teachers",
        "Tests of cylinder head gaskets",
    ),
    "arts": (
        "Carving pictures into wood to print them on paper",
        "Printmaking: linocut, engraving and etching",
        "How to publish a research paper",
    ),
}


def test_in_any_field_the_mentor_of_the_same_subject_comes_before_one_who_shares_a_word(model):
    mentees = [MatchProfile(f"{field} mentee", text=texts[0]) for field, texts in FIELDS.items()]
    mentors = [MatchProfile(f"{field} {n}", text=texts[n]) for n in (1, 2) for field, texts in FIELDS.items()]
    texts = [person.text for person in (*mentees, *mentors)]
    vectors = dict(zip(texts, model.vectors(texts).astype(float), strict=True))
    factors = score(mentees, mentors, vectors=vectors).factors
    keys = np.array([mentor.key for mentor in mentors])
    assert keys[factors["meaning"].argmax(axis=1)].tolist() == [f"{field} 1" for field in FIELDS]
    assert keys[factors["interests"].argmax(axis=1)].tolist() == [f"{field} 2" for field in FIELDS]


def test_a_text_has_the_same_numbers_alone_and_among_longer_ones(model):
    short, long = "Soil maps", "A long text about something else. " * 60
    alone, among = model.vectors([short])[0], model.vectors([long, short, long + "More of it."])
    assert among[1] == pytest.approx(alone, abs=1e-5)
    assert among[0] == pytest.approx(among[2], abs=1e-5)  # only the beginning of a long text is read
    assert model.vectors([]).shape == (0, 384)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("This is an example sentence", [2023, 2003, 2019, 2742, 6251]),
        ("Café\u200b,  R", [7668, 1010, 1054]),
        ("ggplot2", [1043, 21600, 10994, 2475]),
        ("中国", [1746, 1799]),
        ("x" * 101, [UNKNOWN]),
        ("", []),
    ],
)
def test_words_are_cut_into_the_pieces_that_the_model_was_trained_on(pieces, text, numbers):
    assert pieces.numbers(text, 256) == [FIRST, *numbers, LAST]
    assert len(pieces.numbers(text * 300, 20)) <= 20


@pytest.mark.parametrize(
    ("known", "text"),
    [
        (True, ""),
        (True, "Soil maps"),
        (
            True,
            "R, Python, bioinformatics, metagenomics, Nextflow, Snakemake, Docker, Kubernetes, proteomics, GIS",
        ),
        (True, "We want to learn how others in our field share what they find with those who farm the land."),
        (False, "Quiero aprender sobre ciencia de datos y cómo publicar los resultados de mi tesis en acceso abierto"),
        (False, "Ich möchte lernen, wie man Daten offen veröffentlicht und mit anderen Menschen gut zusammenarbeitet"),
        (False, "Nataka kujifunza jinsi ya kushiriki data ya utafiti na watu wengine katika chuo kikuu chetu"),
        (False, "我想学习数据科学"),
        (False, "Хочу учиться"),
    ],
)
def test_running_text_in_another_language_is_noticed(pieces, known, text):
    assert pieces.knows_language(text) == known


def test_another_or_no_model_is_refused(tmp_path, monkeypatch):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.safetensors").write_bytes(b"something else")
    for spec, words in (
        (None, "not installed"),
        (SimpleNamespace(submodule_search_locations=[str(tmp_path)]), "not the one that this version was tested with"),
    ):
        monkeypatch.setattr(model_module, "find_spec", lambda name, spec=spec: spec)
        with pytest.raises(ModelMissingError, match=words):
            sentence_model.__wrapped__()


def test_an_unknown_piece_makes_the_whole_word_unknown():
    made_up = WordPieces(["[CLS]", "[SEP]", "[UNK]", "soil", "##s"])
    assert made_up.numbers("soils soil soilx", 9) == [0, 3, 4, 3, 2, 1]
