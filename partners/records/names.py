"""Partners' names in running text: written exactly as they ask, and never against what was agreed."""

import re
from collections.abc import Iterator, Sequence

from partners.models import Partner

# An address names a partner in its own way: opentechschool.org, hello@…, #OpenTechSchool, a placeholder.
_NOT_WORDS = re.compile(
    r"(?<!\S)\S*(?:://|@|www\.)\S*|(?<!\S)\S+\.(?:org|com|net|edu|io|eu|uk|de|fr|es)\b\S*|#\w+|\{\w+\}"
)
_PARTS = re.compile(r"[A-ZÀ-Þ]+(?![a-zß-ÿ])|[A-ZÀ-Þ]?[a-zß-ÿ0-9]+")
_SENTENCE = re.compile(r"[^.!?\n]+")
_CALLED_OFFICIAL = re.compile(r"\b(?:official(?:ly)?|partners?|sponsor(?:s|ed)?)\b", re.IGNORECASE)


def name_objections(workspace_id: int, texts: Sequence[str]) -> list[str]:
    """Names in the texts that are written wrongly, that must not be named, or that are called official and aren't."""
    found = [_NOT_WORDS.sub(" ", text) for text in texts]
    partners = Partner.objects.filter(workspace_id=workspace_id).only("name", "wrong_names", "official", "naming")
    return list(dict.fromkeys(words for partner in partners for text in found for words in _objections(partner, text)))


def _objections(partner: Partner, text: str) -> Iterator[str]:
    for wrong in wrong_forms(partner, text):
        yield f"Write “{partner.name}” instead of “{wrong}”."
    if not _whole(partner.name).search(text):
        return
    if partner.naming == Partner.Naming.NOTHING:
        yield f"{partner.name} asked not to be named. Leave the name out."
    elif not partner.official and _is_called_official(partner.name, text):
        yield f"{partner.name} supports you unofficially. Don’t call them a partner or sponsor."


def wrong_forms(partner: Partner, text: str) -> list[str]:
    """The wrong forms of a partner's name in a text, each once, in the text's own spelling."""
    noted = sorted((line.strip() for line in partner.wrong_names.splitlines()), key=len, reverse=True)
    forms = [form for form in (_other_spellings(partner.name), *map(re.escape, noted)) if form]
    if not forms:
        return []
    # A correct name may contain a wrong form: “Open Tech School Berlin” beside “Open Tech School”.
    rest = _whole(partner.name).sub(" ", text)
    return list(dict.fromkeys(re.findall(rf"(?<![\w.])(?:{'|'.join(forms)})(?!\w)", rest)))


def _other_spellings(name: str) -> str:
    """A pattern of other ways to write a compound name; "" for a name that could be an ordinary word.

    A name in one word with capitals inside (OpenTechSchool) is looked for apart, with dashes and in any case. Of
    several words (Soil Fund) only the joined form is wrong for sure: in small letters they may mean something else.
    """
    words = name.split()
    parts = _PARTS.findall(name) if len(words) == 1 else words
    if len(parts) < 2 or "".join(parts) != "".join(words):
        return ""
    between = r"[\s_\N{EN DASH}-]*" if len(words) == 1 else ""
    return f"(?i:{between.join(map(re.escape, parts))})"


def _whole(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")


def _is_called_official(name: str, text: str) -> bool:
    sentences = [one for one in _SENTENCE.findall(text) if _whole(name).search(one)]
    return any(_CALLED_OFFICIAL.search(_whole(name).sub(" ", one)) for one in sentences)
