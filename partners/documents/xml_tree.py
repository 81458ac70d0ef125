"""Build XML with prefixed names. Pure."""

from collections.abc import Callable, Mapping
from xml.etree import ElementTree

from partners.documents.einvoice import clean

Element = ElementTree.Element
Add = Callable[..., Element]


def builder(spaces: Mapping[str, str]) -> tuple[Callable[[str], Element], Add]:
    """Two functions: one makes a root element, the other adds a child with a text, of names such as `ram:ID`."""
    for prefix, uri in spaces.items():
        ElementTree.register_namespace(prefix, uri)

    def tag(name: str) -> str:
        prefix, local = name.split(":")
        return f"{{{spaces[prefix]}}}{local}"

    def add(parent: Element, name: str, text: str = "", **attributes: str) -> Element:
        child = ElementTree.SubElement(parent, tag(name), attributes)
        if text:
            child.text = clean(text)
        return child

    return lambda name: Element(tag(name)), add


def written(root: Element) -> bytes:
    """The document, indented, UTF-8."""
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True))
