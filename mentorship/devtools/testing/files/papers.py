"""Read PDF files as their readers do: text, lines, fonts."""

import io

from pypdf import PdfReader

# One name in each script, and the font that has its letters.
NAMES = {
    "Đặng Thị Hương": "NotoSans",
    "Ọláyínká Ẹ̀bùn": "NotoSans",
    "Γιώργος Дмитро": "NotoSans",
    "王小明": "NotoSansCJKsc",
    "田中さくら": "NotoSansCJKjp",
    "김민수": "NotoSansCJKkr",
    "สมชาย ใจดี": "NotoSansThai",
    "தமிழ்ச்செல்வன்": "NotoSansTamil",
    "শ্রীমতী রায়": "NotoSansBengali",
    "क्षत्रिय शर्मा": "NotoSansDevanagari",
    "ශ්‍රී පෙරේරා": "NotoSansSinhala",
    "ទេព សុភា": "NotoSansKhmer",
    "အောင်ဆန်း": "NotoSansMyanmar",
    "አበበ በቂላ": "NotoSansEthiopic",
    "محمد الحسيني": "NotoSansArabic",
    "דוד בן־גוריון": "NotoSansHebrew",
    "Զարուհի": "NotoSansArmenian",
    "ნინო": "NotoSansGeorgian",
    "Zoë 🌱👩‍🔬": "NotoEmoji",
}


def text_of(pdf: bytes) -> str:
    """All text, as a search finds it, without line breaks and spaces."""
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def fonts_of(pdf: bytes) -> set[str]:
    """The names of the fonts that the pages use, without weight and subset. Each has to be in the file."""
    found = set()
    for page in PdfReader(io.BytesIO(pdf), strict=True).pages:
        for font in page["/Resources"].get("/Font", {}).values():
            (inner,) = font.get_object()["/DescendantFonts"]
            descriptor = inner.get_object()["/FontDescriptor"]
            assert "/FontFile2" in descriptor or "/FontFile3" in descriptor
            found.add(str(descriptor["/FontName"]).split("+")[1].split("-")[0])
    return found


def lines_of(pdf: bytes) -> list[str]:
    """Extract the text of every page, line by line."""
    return [line for page in PdfReader(io.BytesIO(pdf)).pages for line in page.extract_text().splitlines()]
