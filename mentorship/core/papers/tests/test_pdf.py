"""Papers: every script, long words, right to left, and what no font has."""

import io
from pathlib import Path
from threading import BoundedSemaphore

import pytest
import typst
from pypdf import PdfReader

from mentorship.core.papers import compiler
from mentorship.core.papers.compiler import one_child
from mentorship.core.papers.fonts import families_for
from mentorship.core.papers.pdf import PaperError, make_pdf
from mentorship.devtools.testing.files.papers import NAMES, fonts_of, lines_of, text_of

PAGE = Path(__file__).with_name("page.typ")
pytestmark = pytest.mark.usefixtures("no_server_fonts")


def paper(name, *, standard="a-2a", country=""):
    return make_pdf(PAGE, {"name": name}, standard=standard, country=country)


@pytest.mark.parametrize(
    ("name", "standard"),
    [(name, "a-2a") for name in NAMES] + [(name, other) for name in list(NAMES)[::6] for other in ("a-2b", "a-3a")],
)
def test_a_name_in_any_script_is_set_in_a_font_that_has_it(name, standard):
    assert NAMES[name] in fonts_of(paper(name, standard=standard))


@pytest.mark.parametrize(
    ("name", "font"),
    [
        ("བསོད་ནམས་ཚེ་རིང", "NotoSerifTibetan"),
        ("ⵜⵉⵏⵀⵉⵏⴰⵏ", "NotoSansTifinagh"),
        ("ߛߏߟߏߡߊߣߊ ߞߊ߲ߕߍ", "NotoSansNKo"),
        ("މުޙައްމަދު", "NotoSansThaana"),
        ("ܐܦܪܝܡ", "NotoSansSyriac"),
        ("ᠲᠡᠮᠦᠵᠢᠨ", "NotoSansMongolian"),
        ("ᐱᑕ ᐃᓄᒃᓱᒃ", "NotoSansCanadianAboriginal"),
        ("𞤀𞤥𞤢𞤣𞤵", "NotoSansAdlam"),
        ("ᏎᏉᏯ", "NotoSansCherokee"),
        ("ᱥᱟᱱᱛᱟᱲ", "NotoSansOlChiki"),
        ("ꯃꯤꯇꯩ", "NotoSansMeeteiMayek"),
        ("ꆈꌠ", "NotoSansYi"),
        ("ꦗꦮ", "NotoSansJavanese"),
        ("محمد، الحسيني ـ", "NotoSansArabic"),  # its comma is in other fonts as well
    ],
)
def test_a_name_in_a_rarer_script_is_set_too(name, font):
    assert fonts_of(paper(name)) == {"NotoSans", font}


def test_a_file_holds_only_the_letters_that_it_uses():
    assert len(paper(" ".join(NAMES))) < 150_000


@pytest.mark.parametrize(
    ("name", "country", "region"),
    [
        ("王小明", "", "SC"),
        ("王小明", "CN", "SC"),
        ("王小明", "TW", "TC"),
        ("陳大文", "hk", "HK"),
        ("田中直樹", "JP", "JP"),
        ("田中さくら", "", "JP"),
        ("김민수 金", "", "KR"),
        ("Ada Oyelaran", "NG", "SC"),
    ],
)
def test_chinese_characters_are_written_as_in_the_country_of_the_person(name, country, region):
    families = families_for([name], country)
    assert families[0] == "Noto Sans"
    assert next(family for family in families if "CJK" in family) == f"Noto Sans CJK {region}"


@pytest.mark.parametrize(
    "word", ["Wxyz" * 30, "Donau" * 24, "https://x.example.org/" + "a1-" * 34, "王明" * 60, "ก" * 120]
)
def test_a_word_of_120_letters_goes_over_several_lines_and_stays_one_word(word):
    pdf = paper(word)
    assert max(len(line) for line in lines_of(pdf)) < 60
    assert text_of(pdf).count(word) == 2


@pytest.mark.parametrize("word", ["محمد" * 30, "தமிழ்" * 24, "አበበ" * 40, "ወ" * 120])
def test_a_long_word_in_a_script_that_joins_its_letters_goes_over_several_lines_too(word):
    assert len(lines_of(paper(word))) > 6


def test_what_follows_a_name_from_the_right_stays_behind_it():
    places = {}
    (page,) = PdfReader(io.BytesIO(paper("דוד בן־גוריון"))).pages
    page.extract_text(visitor_text=lambda text, cm, *_: places.setdefault(text.strip(), cm[4]))
    assert places["בן־גוריון"] < places["דוד"] < places["1 January 2027"]  # set apart, its "1" would come first


@pytest.mark.parametrize("name", ["דוד בן־גוריון", "محمد", "王小明"])
def test_the_title_of_the_file_is_the_name_alone(name):
    assert PdfReader(io.BytesIO(paper(name))).metadata.title == name


def test_a_symbol_that_no_font_has_is_left_out():
    assert text_of(paper("Zoë 𝄞\U0001f0a1 Ray")).startswith("ZoëRay,")


def test_an_emoji_is_set_without_a_swatch_of_its_skin():
    assert text_of(paper("Zoë 👋🏽 Ray")).startswith("Zoë👋Ray,")


@pytest.mark.parametrize("hidden", ["\x07", "\ue000", "\ud800", "\u202e", "\ufeff", "\uffff", "\u0378"])
def test_what_nobody_can_see_spoils_no_paper(hidden):
    assert text_of(paper(f"Zo{hidden}ë")).startswith("Zoë,")


def test_a_letter_that_no_font_has_is_named():
    with pytest.raises(PaperError, match="No font of this server has these letters: 𒀀, 𒀁") as caught:
        paper("Ada 𒀀𒀁")
    assert caught.value.letters == ["𒀀", "𒀁"]


def test_a_fault_of_typst_is_told_as_an_error(monkeypatch):
    class PanicException(BaseException):
        pass

    class Compiler:
        def __init__(self, *args, **options):
            pass

        def compile(self, **options):
            raise PanicException("end byte index 3 is out of bounds")

    monkeypatch.setattr(typst, "Compiler", Compiler)
    with pytest.raises(PaperError, match="can't be set"):
        paper("Ada")


def test_a_web_process_lets_another_one_make_its_papers(settings, monkeypatch):
    settings.PAPERS_APART = True
    monkeypatch.setattr(typst, "Compiler", None)
    with one_child():
        assert text_of(paper("Zoë")).startswith("Zoë,")
        with pytest.raises(PaperError, match="name"):
            make_pdf(PAGE, {}, standard="a-2b")
        with pytest.raises(RuntimeError, match="standard"):
            paper("Ada", standard="none of the standards")
        assert text_of(paper("Ada")).startswith("Ada,")


def test_a_process_that_dies_of_a_paper_is_told_as_an_error(settings, monkeypatch):
    settings.PAPERS_APART = True
    monkeypatch.setattr("mentorship.core.papers.compiler.LIMIT_SECONDS", 0)
    with pytest.raises(PaperError, match="took too long"):
        paper("Ada")


def test_few_processes_make_papers_at_once(settings, monkeypatch):
    settings.PAPERS_APART = True
    monkeypatch.setattr(compiler, "_ROOM", BoundedSemaphore(1))
    monkeypatch.setattr(compiler, "WAIT_SECONDS", 0)
    with compiler._ROOM, pytest.raises(PaperError, match="Try again in a minute"):
        paper("Ada")
