"""The fonts of PDF files, and their order for a text.

They are part of the installation: Noto Sans for the most common scripts, Noto Sans CJK, symbols and emoji come from
packages; other scripts in use are in the folder `ttf` beside this module, since no package has them. The server's own
fonts come last. Typst takes each letter from the first font that has it.
"""

from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typst

PACKAGES = ("manimgx_fonts", "manimgx_fonts_cjk")
FOLDER = Path(__file__).with_name("ttf")
CJK = "Noto Sans CJK "
LAST = ("Noto Sans Symbols", "Noto Emoji")
# Chinese, Japanese and Korean share characters but draw them differently.
_CJK_OF_COUNTRY = {"JP": "JP", "KR": "KR", "KP": "KR", "TW": "TC", "HK": "HK", "MO": "HK"}


@cache
def installed_fonts() -> "typst.Fonts":
    """Every font that papers can use. Searching takes a moment, once in each process."""
    import typst  # noqa: PLC0415 slow library: typst, which few requests need

    return typst.Fonts(include_system_fonts=True, font_paths=font_folders())


def families_for(texts: Iterable[str], country: str = "") -> list[str]:
    """The font families, in order of preference for these texts.

    If there is kana, Chinese characters are written as in Japan, where there is hangul as in Korea, else as in the
    country, an ISO 3166 code.
    """
    region = _CJK_OF_COUNTRY.get(country.upper(), "SC")
    for text in texts:
        if any("\u3041" <= c <= "\u30ff" for c in text):
            region = "JP"
        elif any("\uac00" <= c <= "\ud7a3" for c in text):
            region = "KR"
    return [*_families_of_scripts(), *(CJK + name for name in dict.fromkeys([region, "SC", "TC", "JP", "KR"])), *LAST]


@cache
def _families_of_scripts() -> list[str]:
    """Noto Sans, its sisters for other scripts, then those of the folder: they have marks that belong to the others."""
    folders = font_folders()
    ours = {
        (folders.index(folder), font.family)
        for font in installed_fonts().fonts()
        if font.path and (folder := str(Path(font.path).parent)) in folders
    }
    return [family for _place, family in sorted(ours) if not family.startswith(CJK) and family not in LAST]


def missing_packages() -> list[str]:
    """The packages of fonts that are not installed: without them names in some scripts can't be printed."""
    return [package for package in PACKAGES if find_spec(package) is None]


def font_folders() -> list[str]:
    specs = [find_spec(package) for package in PACKAGES]
    return [*(str(Path(spec.origin).parent) for spec in specs if spec and spec.origin), str(FOLDER)]
