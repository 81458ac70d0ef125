"""Read XML of banks into memory with bounds: no document type, no entities, a limit of depth."""

from xml.etree import ElementTree
from xml.parsers import expat

from mentorship.core.errors import ServiceError

Element = ElementTree.Element
MAX_DEPTH = 60
MAX_ELEMENTS = 500_000


class _BoundedBuilder(ElementTree.TreeBuilder):
    """Builds the tree with names that have no namespace: banks use many versions of one schema."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._count = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:  # type: ignore[override]
        self._depth += 1
        self._count += 1
        if self._depth > MAX_DEPTH or self._count > MAX_ELEMENTS:
            raise ServiceError("The file is too large. Download a shorter period.")
        return super().start(tag.rpartition("}")[2], attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag.rpartition("}")[2])

    def doctype(self, *_: object) -> None:
        raise ServiceError("The file has a document type declaration, which bank statements never have.")


def read_xml(content: bytes) -> Element:
    """The root of an XML file. Raises ServiceError if it is damaged."""
    parser = ElementTree.XMLParser(target=_BoundedBuilder())  # noqa: S314  bounded above
    try:
        parser.feed(content)
        return parser.close()
    except (ElementTree.ParseError, expat.ExpatError, LookupError, ValueError) as error:
        if isinstance(error, ServiceError):
            raise
        raise ServiceError(f"The XML file is damaged: {error}. Download it again.") from error


def text_at(node: Element | None, *paths: str) -> str:
    """The text of the first path that has one."""
    if node is None:
        return ""
    for path in paths:
        found = node.find(path)
        if found is not None and (text := " ".join("".join(found.itertext()).split())):
            return text
    return ""
