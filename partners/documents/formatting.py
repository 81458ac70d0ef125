"""Labels, numbers, money and dates in the partner's language."""

from datetime import date
from decimal import Decimal

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from partners.money.currency import MINOR_DIGITS

LOCALES = {"en": "en_GB", "de": "de_DE", "fr": "fr_FR", "es": "es_ES"}

# key → en, de, fr, es
_LABELS: dict[str, tuple[str, str, str, str]] = {
    "invoice": ("Invoice", "Rechnung", "Facture", "Factura"),
    "credit_note": ("Credit note", "Rechnungskorrektur", "Avoir", "Factura rectificativa"),
    "statement": ("Statement of account", "Kontoübersicht", "Relevé de compte", "Extracto de cuenta"),
    "number": ("Number", "Nummer", "Numéro", "Número"),
    "date": ("Date", "Datum", "Date", "Fecha"),
    "issued": ("Date of issue", "Rechnungsdatum", "Date d’émission", "Fecha de expedición"),
    "due": ("To be paid by", "Zahlbar bis", "À régler au plus tard le", "A pagar a más tardar el"),
    "po": ("Your purchase order", "Ihre Bestellnummer", "Votre n° de commande", "Su número de pedido"),
    "credits": ("Corrects invoice", "Korrektur zur Rechnung", "Rectifie la facture", "Factura rectificada"),
    "to": ("Bill to", "Rechnungsempfänger", "Client", "Cliente"),
    "your_tax_id": ("Your VAT number", "Ihre USt-IdNr.", "Votre n° de TVA intracommunautaire", "Su NIF-IVA"),
    "what": ("What", "Leistung", "Désignation", "Concepto"),
    "entry": ("Entry", "Vorgang", "Opération", "Concepto"),
    "quantity": ("Quantity", "Menge", "Quantité", "Cantidad"),
    "price": ("Unit price", "Einzelpreis", "Prix unitaire", "Precio unitario"),
    "amount": ("Amount", "Betrag", "Montant", "Importe"),
    "net": ("Net total", "Nettobetrag", "Total HT", "Base imponible"),
    "vat": ("VAT", "USt.", "TVA", "IVA"),
    "gross": ("Total including VAT", "Gesamtbetrag", "Total TTC", "Total, IVA incluido"),
    "total": ("Total", "Gesamtbetrag", "Total", "Total"),
    "reverse_charge": (
        "Reverse charge: the customer accounts for the VAT",
        "Steuerschuldnerschaft des Leistungsempfängers",
        "Autoliquidation",
        "Inversión del sujeto pasivo",
    ),
    "zero_rated": ("Zero-rated", "Nullsatz", "Taux zéro", "Tipo cero"),
    "service": ("Service period", "Leistungszeitraum", "Période de prestation", "Periodo de prestación"),
    "buyer_reference": ("Your reference", "Ihr Zeichen", "Votre référence", "Su referencia"),
    "contact": ("Questions to", "Ansprechpartner", "Contact", "Contacto"),
    "phone": ("Phone", "Telefon", "Téléphone", "Teléfono"),
    "registration_number": ("Registration number", "Registernummer", "N° d’immatriculation", "N.º de registro"),
    "draft": ("DRAFT", "ENTWURF", "BROUILLON", "BORRADOR"),
    "no_vat": ("No VAT is charged", "Ohne Umsatzsteuer", "TVA non applicable", "Sin IVA"),
    "pay_to": (
        "Please pay by bank transfer to",
        "Bitte überweisen Sie an",
        "Merci de régler par virement à",
        "Pago por transferencia a",
    ),
    "account": ("Account", "Konto", "Compte", "Cuenta"),
    "bank": ("Bank", "Bank", "Banque", "Banco"),
    "reference": ("Reference", "Verwendungszweck", "Référence", "Referencia"),
    "vat_id": ("VAT number", "USt-IdNr.", "N° de TVA intracommunautaire", "NIF-IVA"),
    "tax_number": ("Tax number", "Steuernummer", "N° d’identification fiscale", "N.º de identificación fiscal"),
    "page": ("Page", "Seite", "Page", "Página"),
    "of": ("of", "von", "sur", "de"),
    "credit_thanks": (
        "We’ll pay this amount back, or take it off your next invoice.",
        "Wir erstatten Ihnen diesen Betrag oder verrechnen ihn mit Ihrer nächsten Rechnung.",
        "Ce montant vous sera remboursé ou sera déduit de votre prochaine facture.",
        "Le devolveremos este importe o lo descontaremos de su próxima factura.",
    ),
    "paid": ("Payment", "Zahlungseingang", "Règlement", "Pago"),
    "credited": ("Credited", "Gutgeschrieben", "Crédité", "Abonado"),
    "balance": ("Balance", "Saldo", "Solde", "Saldo"),
    "returned": ("Returned by the bank", "Rückbuchung der Bank", "Rejet bancaire", "Devolución bancaria"),
    "refunded": ("Refund", "Erstattung", "Remboursement", "Reembolso"),
    "carried": ("Carried over", "Verrechnung", "Imputation", "Compensación"),
    "figures_of": ("Figures of", "Stand vom", "Chiffres du", "Cifras del"),
    "version": ("Version", "Version", "Version", "Versión"),
    "definitions": ("What the figures mean", "Was die Zahlen bedeuten", "Ce que signifient les chiffres",
                    "Qué significan las cifras"),
}  # fmt: skip


def labels(language: str) -> dict[str, str]:
    """Every label in a language; English for an unsupported one."""
    place = list(LOCALES).index(language) if language in LOCALES else 0
    return {key: words[place] for key, words in _LABELS.items()}


def money(amount: Decimal, currency: str, language: str = "en") -> str:
    """1,234.50 EUR, 1.234,50 EUR …: the code follows the number, since several currencies share a sign."""
    digits = MINOR_DIGITS.get(currency, 2)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return f"{format_decimal(amount, pattern, LOCALES.get(language, 'en_GB'))}\N{NO-BREAK SPACE}{currency}"


def price(amount: Decimal, currency: str, language: str = "en") -> str:
    """A price of one unit, which may have more decimals than the currency: 0.0125 EUR."""
    digits = MINOR_DIGITS.get(currency, 2)
    pattern = "#,##0" + ("." + "0" * digits + "#" * (6 - digits))
    return f"{format_decimal(amount, pattern, LOCALES.get(language, 'en_GB'))}\N{NO-BREAK SPACE}{currency}"


def number(value: Decimal | int, language: str = "en") -> str:
    """A number without needless zeros."""
    return str(format_decimal(value, "#,##0.###", LOCALES.get(language, "en_GB")))


def percent(value: Decimal, language: str = "en") -> str:
    """19%, 19 %, 5,5 %: some languages put a space between."""
    return format_percent(value / 100, locale=LOCALES.get(language, "en_GB"), decimal_quantization=False)


def day(value: date | None, language: str = "en") -> str:
    """1 February 2027, in a language. In French the first of a month is 1er."""
    if value is None:
        return ""
    text = str(format_date(value, "long", LOCALES.get(language, "en_GB")))
    return f"1er{text[1:]}" if language == "fr" and value.day == 1 else text


def colon(language: str) -> str:
    """The colon after a label: in French with a blank before it."""
    return "\N{NO-BREAK SPACE}:" if language == "fr" else ":"


def country(code: str, language: str) -> str:
    """The name of a country in a language, for addresses; the code itself if there is none."""
    return str(Locale(language if language in LOCALES else "en").territories.get(code, code))
