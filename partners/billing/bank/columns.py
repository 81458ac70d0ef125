"""Find what the columns of a bank's sheet hold, by the names that banks give them in several languages."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from partners.billing.bank.amounts import currency_in, read_amount


def _names(text: str) -> tuple[str, ...]:
    return tuple(" ".join(name.split()) for name in text.split("|"))


# Role → names, folded as `folded` does. The first name that a header has wins; of "text" all are used.
NAMES: dict[str, tuple[str, ...]] = {
    "on": _names("""
        date | booking date | posting date | posted date | completed date | buchungstag | buchungsdatum |
        buchung | date operation | date d'operation | date comptable | date de comptabilisation | fecha | fecha
        operacion | fecha contable | datum | boekdatum | data | data contabile | data operacji | data
        ksiegowania | bokforingsdag | bokforingsdatum | bogforingsdato | bokfort dato | dato | transaction date
        | data operazione | data mov. | data lancamento | transaktionsdatum | date of transaction | umsatzdatum
    """),
    "value_on": _names("""
        value date | valutadatum | wertstellung | wertstellungsdatum | wertstellung (valuta) | date de valeur |
        date valeur | fecha valor | rentedatum | data valuta | valutadag | rentedato | data waluty | started
        date
    """),
    "amount": _names("""
        amount | betrag | montant | importe | bedrag | importo | kwota | belopp | belob | valor (r$) | quantia |
        transaction amount | umsatz | buchungsbetrag | gross | brutto | money | montante | castka | gross amount
    """),
    "credit": _names("""
        credit | receipts | paid in | money in | deposit | deposits | haben | gutschrift | abono | haber | ingresos |
        credit amount | amount credited | entrate | avere | credito | accrediti | uznania | in | einzahlung |
        deposit amount | credits | paid-in
    """),
    "debit": _names("""
        debit | payments | paid out | money out | withdrawal | withdrawals | soll | lastschrift | cargo | debe |
        gastos |
        debit amount | amount debited | uscite | dare | debito | addebiti | obciazenia | out | auszahlung |
        withdrawal amount | debits | belastung | paid-out
    """),
    "mark": _names("""
        soll/haben | s/h | sollhaben | soll/haben-kennzeichen | sh | debit/credit | credit/debit | d/c | c/d |
        dc | cd | dr/cr | cr/dr | cr / dr | dr / cr | af bij | af/bij | bij/af | credit debit indicator | sens |
        vorzeichen | sign | +/- | signe | signo | segno | kennzeichen | indicator | dc indicator |
        credit or debit | debit or credit | debit credit | creditdebitindicator | cdtdbtind | mark | debe/haber
    """),
    "currency": _names("""
        currency | wahrung | waehrung | devise | divisa | moneda | munt | ccy | currency code | valutakod | whg
        | waluta | mena | moeda | muntsoort | account currency
    """),
    "payer": _names("""
        payer | name | counterparty | auftraggeber | beguenstigter/zahlungspflichtiger | name
        zahlungsbeteiligter | emetteur | ordenante | zahlungspflichtige*r | zahlungspflichtiger |
        begunstigter/zahlungspflichtiger | beguenstigter / auftraggeber | begunstigter / auftraggeber |
        auftraggeber/empfanger | auftraggeber / empfanger | auftraggeber / begunstigter |
        auftraggeber/begunstigter | empfanger/zahlungspflichtiger | auftraggeber/zahlungsempfanger | counter
        party | partner name | payee | naam tegenpartij | nadawca/odbiorca | naam / omschrijving | avsandare |
        nome | from | sender | payer name | name of payer | tiers | contact | payment party | beneficiary /
        originator | zahlungsbeteiligter | zahler | zahlungsempfanger*in
    """),
    "text": _names("""
        reference | description | purpose | details | verwendungszweck | libelle | concepto |
        vorgang/verwendungszweck | payment reference | mededelingen | omschrijving | omschrijving-1 |
        omschrijving-2 | omschrijving-3 | descrizione | causale | opis operacji | tytul | meddelande | rubrik |
        text | memo | narrative | particulars | transaction | transaction description | payment details |
        remittance information | buchungstext | kundenreferenz | kundenreferenz (end-to-end) | end-to-end
        reference | end to end id | zahlungsreferenz | motif | objet | observaciones | detalle | bemerkung |
        notes | note | notes and #tags | message | tekst | besked | invoice number | invoice | rechnungsnummer |
        extended details | libelle complementaire | informations | libelle simplifie | libelle operation |
        referencia | referencia 1 | referencia 2 | betreff | mitteilung
    """),
    "balance": _names("""
        balance | saldo | kontostand | solde | saldo nach buchung | running balance | saldo na trn | running
        bal. | saldo po operacji | account balance | saldo disponible | saldo disponivel | balance after
    """),
    "state": _names("""
        state | status | info | statut | estado | booking status | umsatzstatus | stato
    """),
}
# Names that mean different things in different countries: their cells decide.
_BY_CELLS = {"valeur", "valor", "value", "valuta", "valute", "waarde", "wert"}
# Columns that may hold marks of credit and debit, if all of their cells do.
MAY_MARK = {
    "",
    *_names("""
        +/- | art | buchungsart | details | direction | kind | richtung | soort | tipo | tipo de movimiento |
        transaction type | typ | type | type de transaction | umsatzart | umsatztyp | zahlungsart
    """),
}
# Credit and debit as banks mark them; those with "r" take back an entry of the other kind.
MARKS: dict[str, int] = {
    **dict.fromkeys(
        _names("""
        h | haben | c | cr | crdt | credit | k | kredit | kreditt | bij | + | in | eingang | entree | abono |
        avere | deposit | paid in | money in | incoming | received | gutschrift | ma | uznanie | credito | haber
        | zahlungseingang | einzahlung | rd | sr
    """),
        1,
    ),
    **dict.fromkeys(
        _names("""
        s | soll | d | dr | dbit | debit | debet | af | - | out | ausgang | sortie | cargo | dare | withdrawal |
        paid out | money out | outgoing | lastschrift | wn | obciazenie | debito | debe | zahlungsausgang |
        auszahlung | belastung | rc | hr
    """),
        -1,
    ),
}
REVERSING = {"rd", "sr", "rc", "hr"}
BOOKED = {
    "",
    *_names("""
        abgeschlossen | bokford | book | booked | cleared | complete | completed | done | effectue | executed |
        gebucht | paid | posted | reconciled | settled | success | successful | termine | umsatz gebucht |
        verbucht
    """),
}
NOT_BOOKED = set(
    _names("""
        abgelehnt | authorised | authorized | canceled | cancelled | declined | denied | en attente | expired |
        failed | in process | info | offen | on hold | pdng | pendiente | pending | processing | rejected |
        reserved | reserverat | reverted | storniert | umsatz vorgemerkt | vorgemerkt
    """)
)
_LETTERS = str.maketrans({"_": " ", "’": "'", "ø": "o", "ł": "l", "æ": "ae", "đ": "d"})


@dataclass
class Columns:
    """The places of a sheet's columns, by role. `in_names` has currencies that the header of an amount names."""

    at: dict[str, int] = field(default_factory=dict)
    texts: list[int] = field(default_factory=list)
    amounts: list[int] = field(default_factory=list)
    in_names: dict[int, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    marks_are_named: bool = False

    def unknown(self, rows: Sequence[Sequence[str]]) -> list[str]:
        """The names of columns with contents that play no role."""
        taken = {*self.at.values(), *self.texts, *self.amounts}
        return [
            name
            for at, name in enumerate(self.names)
            if at not in taken and any(row[at] for row in rows if at < len(row))
        ]

    @property
    def money(self) -> list[int]:
        """All columns of amounts."""
        found = [self.at[role] for role in ("amount", "credit", "debit", "balance") if role in self.at]
        return list(dict.fromkeys([*found, *self.amounts]))


def is_header(cells: Sequence[str]) -> bool:
    """Whether a row names at least a day and an amount."""
    names = [_name(cell)[0] for cell in cells]
    days = any(name in NAMES["on"] or name in NAMES["value_on"] for name in names)
    money = any(name in NAMES[role] for role in ("amount", "credit", "debit") for name in names)
    open_ended = sum(name in _BY_CELLS for name in names)
    return (days and (money or open_ended > 0)) or (money and open_ended > 0)


def find_columns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Columns:
    """The columns of a sheet: by name, and by their cells where a name is not enough."""
    found, names = Columns(), []
    # A last column without a name is not part of the header, although it may hold the marks.
    width = max(map(len, [header, *rows]))
    for at, cell in enumerate([*header, *[""] * (width - len(header))]):
        name, currency = _name(cell)
        if name in _BY_CELLS:
            name = _by_cells([row[at] for row in rows if len(row) > at])
        names.append(name)
        if currency:
            found.in_names[at] = currency
    found.names = names
    for role, known in NAMES.items():
        places = [at for name in known for at, own in enumerate(names) if own == name]
        if not places:
            continue
        found.at[role] = places[0]
        if role == "amount":
            found.amounts = [at for at in places if names[at] == names[places[0]]]
        if role == "text":
            found.texts = places
    _place_currency(found, names)
    found.marks_are_named = "mark" in found.at
    if not found.marks_are_named and (place := _marking(found, names, rows)) is not None:
        found.at["mark"] = place
    return found


def _place_currency(found: Columns, names: Sequence[str]) -> None:
    """Of several columns of currencies, take the one right after the amount."""
    after = found.at.get("amount", -2) + 1
    if after < len(names) and names[after] in NAMES["currency"]:
        found.at["currency"] = after


def _marking(found: Columns, names: Sequence[str], rows: Sequence[Sequence[str]]) -> int | None:
    """A column whose cells are all marks of credit and debit, although its name does not say so."""
    taken = {*found.at.values(), *found.texts, *found.amounts}
    for at, name in enumerate(names):
        cells = [folded(row[at]) for row in rows if len(row) > at and row[at]]
        if (
            (at in taken and name not in MAY_MARK)
            or len(cells) < max(1, len(rows) / 2)
            or any(cell not in MARKS for cell in cells)
        ):
            continue
        both = len({MARKS[cell] for cell in cells}) > 1
        if both or (name in MAY_MARK and all(len(cell) > 1 for cell in cells)):
            return at
    return None


def _by_cells(cells: Sequence[str]) -> str:
    """The name of a column by its cells: codes of currencies, amounts, or otherwise days of value."""
    filled = [cell for cell in cells if cell][:20]
    if filled and all(len(cell) <= 5 and currency_in(cell) for cell in filled):
        return "currency"
    try:
        amounts = [read_amount(cell) for cell in filled]
    except ValueError:
        return "value date"
    as_days = all(re.fullmatch(r"\d{6}|\d{8}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}", cell) for cell in filled)
    return "amount" if amounts and not as_days else "value date"


def _name(cell: str) -> tuple[str, str]:
    """The name in a header's cell without the currency that it names, and that currency."""
    name = folded(cell).strip("#*:. ")
    currency = ""
    for found in (re.search(r"[(\[]([^()\[\]]+)[)\]]\s*$", name), re.search(r"(?:^|\s)(?:in\s+|en\s+)?(\S+)$", name)):
        if found and (code := currency_in(found[1])) and name[: found.start()].strip():
            name, currency = name[: found.start()].strip(), code
            name = re.sub(r"\s(?:in|en)$", "", name)
            break
    return name.strip(" -:*"), currency


def folded(text: str) -> str:
    """Lower case, without accents, underscores and needless blanks."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return " ".join("".join(char for char in apart if not unicodedata.combining(char)).split())
