"""Labels, numbers, money and dates in the partner's language."""

from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

from partners.money.currency import MINOR_DIGITS

LOCALES = {"en": "en_GB", "de": "de_DE", "fr": "fr_FR", "es": "es_ES"}

# key → en, de, fr, es
_LABELS: dict[str, tuple[str, str, str, str]] = {
    "invoice": ("Invoice", "Rechnung", "Facture", "Factura"),
    "credit_note": ("Credit note", "Rechnungskorrektur", "Avoir", "Factura rectificativa"),
    "statement": ("Statement of account", "Kontoauszug", "Relevé de compte", "Extracto de cuenta"),
    "number": ("Number", "Nummer", "Numéro", "Número"),
    "date": ("Date", "Datum", "Date", "Fecha"),
    "due": ("To be paid by", "Zahlbar bis", "À payer avant le", "A pagar antes del"),
    "po": ("Your purchase order", "Ihre Bestellnummer", "Votre bon de commande", "Su número de pedido"),
    "credits": ("Corrects invoice", "Korrigiert Rechnung", "Rectifie la facture", "Rectifica la factura"),
    "to": ("To", "An", "À", "Para"),
    "your_tax_id": ("Your VAT number", "Ihre USt-IdNr.", "Votre n° de TVA", "Su NIF-IVA"),
    "what": ("What", "Leistung", "Désignation", "Concepto"),
    "quantity": ("Quantity", "Menge", "Quantité", "Cantidad"),
    "price": ("Price", "Preis", "Prix", "Precio"),
    "amount": ("Amount", "Betrag", "Montant", "Importe"),
    "net": ("Total without VAT", "Summe ohne USt.", "Total hors TVA", "Total sin IVA"),
    "vat": ("VAT", "USt.", "TVA", "IVA"),
    "gross": ("Total", "Gesamtbetrag", "Total", "Total"),
    "reverse_charge": (
        "Reverse charge: VAT is to be paid by the recipient",
        "Steuerschuldnerschaft des Leistungsempfängers",
        "Autoliquidation",
        "Inversión del sujeto pasivo",
    ),
    "zero_rated": ("Zero-rated", "Nullsatz", "Taux zéro", "Tipo cero"),
    "service": ("Service period", "Leistungszeitraum", "Période de prestation", "Periodo del servicio"),
    "buyer_reference": ("Your reference", "Ihr Zeichen", "Votre référence", "Su referencia"),
    "contact": ("Questions to", "Ansprechpartner", "Contact", "Contacto"),
    "phone": ("Phone", "Telefon", "Téléphone", "Teléfono"),
    "registration_number": ("Registration number", "Registernummer", "N° d’enregistrement", "N.º de registro"),
    "draft": ("DRAFT", "ENTWURF", "BROUILLON", "BORRADOR"),
    "no_vat": ("No VAT is charged", "Ohne Umsatzsteuer", "TVA non applicable", "Sin IVA"),
    "pay_to": ("Please pay to", "Bitte überweisen Sie an", "Merci de payer à", "Por favor, pague a"),
    "account": ("Account", "Konto", "Compte", "Cuenta"),
    "bank": ("Bank", "Bank", "Banque", "Banco"),
    "reference": ("Reference", "Verwendungszweck", "Référence", "Referencia"),
    "vat_id": ("VAT number", "USt-IdNr.", "N° de TVA", "NIF-IVA"),
    "tax_number": ("Tax number", "Steuernummer", "N° fiscal", "N.º fiscal"),
    "page": ("Page", "Seite", "Page", "Página"),
    "of": ("of", "von", "sur", "de"),
    "credit_thanks": (
        "We owe you this amount, or take it off your next invoice.",
        "Diesen Betrag schulden wir Ihnen oder ziehen ihn von Ihrer nächsten Rechnung ab.",
        "Nous vous devons ce montant ou le déduirons de votre prochaine facture.",
        "Le debemos este importe o lo descontaremos de su próxima factura.",
    ),
    "paid": ("Paid", "Bezahlt", "Payé", "Pagado"),
    "credited": ("Credited", "Gutgeschrieben", "Crédité", "Abonado"),
    "balance": ("Open", "Offen", "À payer", "Pendiente"),
    "returned": ("Returned by the bank", "Rücklastschrift", "Rejeté par la banque", "Devuelto por el banco"),
    "refunded": ("Paid back", "Erstattet", "Remboursé", "Reembolsado"),
    "carried": ("Carried over", "Übertragen", "Reporté", "Traspasado"),
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


def day(value: date | None, language: str = "en") -> str:
    """1 February 2027, in a language."""
    return str(format_date(value, "long", LOCALES.get(language, "en_GB"))) if value else ""
