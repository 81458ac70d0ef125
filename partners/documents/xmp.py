"""Declare in a PDF's metadata that it contains a Factur-X file, as the standard requires. Pure.

Typst writes the metadata and the file; this adds the missing lines as an incremental update: typst's bytes stay
unchanged, and a new version of the metadata object follows them.
"""

import re

_FIELDS = (
    ("DocumentFileName", "The name of the embedded XML document"),
    ("DocumentType", "The type of the hybrid document in capital letters"),
    ("Version", "The actual version of the standard applying to the embedded XML document"),
    ("ConformanceLevel", "The conformance level of the embedded XML document"),
)
_SPACE = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"


class MetadataError(ValueError):
    """The PDF does not have the expected structure."""


def declare_facturx(pdf: bytes, file_name: str, level: str = "EN 16931") -> bytes:
    """The PDF with the declaration. Raises MetadataError if it has no plain metadata to add to."""
    start = re.search(rb"(\d+) 0 obj\n<</Length (\d+)/Type/Metadata/Subtype/XML>>\nstream\n", pdf)
    trailer = re.search(rb"trailer\n<<(.*?)>>\nstartxref\n(\d+)\n%%EOF\s*$", pdf, re.DOTALL)
    if not start or not trailer:
        raise MetadataError("This PDF has no metadata that we can add to.")
    number = int(start[1])
    metadata = _with_declaration(pdf[start.end() : start.end() + int(start[2])], file_name, level)
    new = b"%d 0 obj\n<</Length %d/Type/Metadata/Subtype/XML>>\nstream\n%s\nendstream\nendobj\n" % (
        number,
        len(metadata),
        metadata,
    )
    body = pdf if pdf.endswith(b"\n") else pdf + b"\n"
    offset = len(body)
    table = offset + len(new)
    # A reader expects the free object 0 first, in every table.
    tail = (
        b"xref\n0 1\n0000000000 65535 f\r\n%d 1\n%010d 00000 n\r\ntrailer\n<<%s/Prev %s>>\nstartxref\n%d\n%%%%EOF\n"
        % (
            number,
            offset,
            trailer[1],
            trailer[2],
            table,
        )
    )
    return body + new + tail


def _with_declaration(metadata: bytes, file_name: str, level: str) -> bytes:
    values = {"DocumentFileName": file_name, "DocumentType": "INVOICE", "Version": "1.0", "ConformanceLevel": level}
    properties = "".join(
        '<rdf:li rdf:parseType="Resource"><pdfaProperty:category>external</pdfaProperty:category>'
        f"<pdfaProperty:description>{words}</pdfaProperty:description><pdfaProperty:name>{name}</pdfaProperty:name>"
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType></rdf:li>"
        for name, words in _FIELDS
    )
    schema = (
        '<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>'
        f"<pdfaSchema:namespaceURI>{_SPACE}</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property></rdf:li>"
    )
    said = "".join(f"<fx:{name}>{value}</fx:{name}>" for name, value in values.items())
    described = f'<rdf:Description rdf:about="" xmlns:fx="{_SPACE}">{said}</rdf:Description></rdf:RDF>'
    text = metadata.decode()
    mark = "<pdfaExtension:schemas><rdf:Bag>"
    if mark not in text or "</rdf:RDF>" not in text:
        raise MetadataError("This PDF's metadata is not that of PDF/A.")
    return text.replace(mark, mark + schema, 1).replace("</rdf:RDF>", described, 1).encode()
