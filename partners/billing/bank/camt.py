"""Read ISO 20022 statements: camt.053, and the booked entries of camt.052 and camt.054.

The libraries that read camt on PyPI bring a web framework or a validator with them, so the few elements that matter
are read here. Direction is that of the entry (CdtDbtInd); RvslInd only says that it takes another one back.
"""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from mentorship.core.errors import ServiceError
from partners.billing.bank.entries import Statement, StatementEntry
from partners.billing.bank.xml_file import Element, read_xml, text_at
from partners.money.currency import exact

_REPORTS = {"BkToCstmrStmt": "Stmt", "BkToCstmrAcctRpt": "Rpt", "BkToCstmrDbtCdtNtfctn": "Ntfctn"}
_DEBTOR = ("RltdPties/Dbtr/Nm", "RltdPties/Dbtr/Pty/Nm", "RltdPties/UltmtDbtr/Nm", "RltdPties/UltmtDbtr/Pty/Nm")
_CREDITOR = ("RltdPties/Cdtr/Nm", "RltdPties/Cdtr/Pty/Nm", "RltdPties/UltmtCdtr/Nm", "RltdPties/UltmtCdtr/Pty/Nm")
_OTHER_FILES = {
    "CstmrCdtTrfInitn": "This file orders payments (pain.001); it is not a statement.",
    "CstmrDrctDbtInitn": "This file orders direct debits (pain.008); it is not a statement.",
    "CrossIndustryInvoice": "This is an e-invoice, not a bank statement.",
    "Invoice": "This is an e-invoice, not a bank statement.",
    "OFX": "This is an OFX file.",
}
WANTED = "Download the statement from your bank as camt.053 (XML), MT940 or CSV."


def read_camt(content: bytes) -> Statement:
    """The booked entries of an ISO 20022 statement. Raises ServiceError for other XML."""
    root = read_xml(content)
    kind = next((child.tag for child in root), "")
    if kind not in _REPORTS:
        reason = _OTHER_FILES.get(kind) or _OTHER_FILES.get(root.tag) or "This XML file is not a bank statement."
        raise ServiceError(f"{reason} {WANTED}")
    statement = Statement("camt")
    for report in root.iterfind(f"{kind}/{_REPORTS[kind]}"):
        entries = report.findall("Ntry")
        for number, entry in enumerate(entries, 1):
            _read_entry(statement, entry, f"Entry {number}")
        _check_balances(statement, report, entries)
    return statement


def _read_entry(statement: Statement, entry: Element, place: str) -> None:
    status = text_at(entry, "Sts/Cd", "Sts/Prtry", "Sts")
    if status not in ("", "BOOK"):
        statement.pending += 1
        return
    try:
        found = _entries_of(entry, place)
    except (ValueError, InvalidOperation) as error:
        reason = str(error) if isinstance(error, ValueError) else "the amount can’t be read."
        statement.problems.append(f"{place}: {reason}")
        return
    statement.zero += sum(not one.amount for one in found)
    statement.entries += [one for one in found if one.amount]


def _entries_of(entry: Element, place: str) -> list[StatementEntry]:
    """The transactions of an entry if they add up to it, otherwise the entry as one."""
    whole, currency = _amount(entry)
    on = _day(entry)
    details = entry.findall("NtryDtls/TxDtls")
    parts = [_part(one, entry) for one in details]
    sums = [part for part in parts if part is not None]
    if len(details) > 1 and len(sums) == len(details) and sum(sums) == whole:
        return [
            _entry(place=f"{place}, part {number}", on=on, amount=part, currency=currency, entry=entry, details=[one])
            for number, (one, part) in enumerate(zip(details, sums, strict=True), 1)
        ]
    return [_entry(place=place, on=on, amount=whole, currency=currency, entry=entry, details=details)]


def _entry(
    *, place: str, on: date, amount: Decimal, currency: str, entry: Element, details: Sequence[Element]
) -> StatementEntry:
    payer = ", ".join(dict.fromkeys(filter(None, (_other_party(one, amount) for one in details))))
    texts = [text for one in details for text in _texts(one)] + [text_at(entry, "AddtlNtryInf")]
    text = " ".join(dict.fromkeys(filter(None, texts)))
    reference = _reference(entry, details)
    return StatementEntry(
        place=place,
        on=on,
        amount=exact(amount, currency),
        currency=currency,
        payer=payer,
        text=text,
        identity=f"reference|{reference}" if reference else f"{payer}|{text}",
        is_return=_takes_back(entry, details),
    )


def _amount(node: Element) -> tuple[Decimal, str]:
    """The signed amount of an entry and its currency. Raises ValueError."""
    found = node.find("Amt")
    if found is None or not re.fullmatch(r"\s*\d+(\.\d*)?\s*", found.text or ""):
        raise ValueError(f"“{'' if found is None else found.text}” is not an amount.")
    return Decimal((found.text or "").strip()) * _sign(node), found.get("Ccy", "")


def _sign(node: Element) -> int:
    said = text_at(node, "CdtDbtInd")
    if said not in ("CRDT", "DBIT"):
        raise ValueError(f"“{said}” is neither credit (CRDT) nor debit (DBIT).")
    return 1 if said == "CRDT" else -1


def _part(details: Element, entry: Element) -> Decimal | None:
    """The signed amount of one transaction in the account's currency; None if it is not told."""
    currency = _amount(entry)[1]
    for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/CntrValAmt/Amt"):
        found = details.find(path)
        if (
            found is not None
            and found.get("Ccy") == currency
            and re.fullmatch(r"\d+(\.\d*)?", (found.text or "").strip())
        ):
            own = text_at(details, "CdtDbtInd")
            sign = {"CRDT": 1, "DBIT": -1}.get(own, _sign(entry))
            return Decimal((found.text or "").strip()) * sign
    return None


def _day(entry: Element) -> date:
    said = text_at(entry, "BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm")
    try:
        return date.fromisoformat(said[:10])
    except ValueError as error:
        raise ValueError(f"“{said}” is not a date.") from error


def _other_party(details: Element, amount: Decimal) -> str:
    return text_at(details, *(_DEBTOR if amount > 0 else _CREDITOR), *_DEBTOR, *_CREDITOR)


def _texts(details: Element) -> list[str]:
    """Unstructured and structured remittance, the payer's reference, and why a payment came back."""
    found = [text_at(one, ".") for one in details.iterfind("RmtInf/Ustrd")]
    found += [text_at(one, "CdtrRefInf/Ref") for one in details.iterfind("RmtInf/Strd")]
    found += [text_at(one, "Nb") for one in details.iterfind("RmtInf/Strd/RfrdDocInf")]
    reference = text_at(details, "Refs/EndToEndId")
    found += [reference if reference != "NOTPROVIDED" else "", text_at(details, "AddtlTxInf")]
    return [*found, *(text_at(one, "Cd", "Prtry") for one in details.iterfind("RtrInf/Rsn"))]


def _reference(entry: Element, details: Sequence[Element]) -> str:
    """The bank's own reference of an entry or, if it is split, of its part."""
    of_entry = text_at(entry, "AcctSvcrRef")
    of_part = text_at(details[0], "Refs/AcctSvcrRef", "Refs/TxId", "Refs/EndToEndId") if len(details) == 1 else ""
    return "/".join(filter(None, (of_entry, of_part if of_part != "NOTPROVIDED" else ""))) if of_entry else ""


def _takes_back(entry: Element, details: Sequence[Element]) -> bool:
    if text_at(entry, "RvslInd") in ("true", "1"):
        return True
    codes = [text_at(node, "BkTxCd/Domn/Fmly/SubFmlyCd") for node in (entry, *details)]
    return any(one.find("RtrInf") is not None for one in details) or any(
        code in ("RRTN", "UPDD", "ARET", "RPCR", "PRDD", "UPCT") for code in codes
    )


def _check_balances(statement: Statement, report: Element, entries: Sequence[Element]) -> None:
    """Compare the booked entries with the balances of a report, if they can all be read."""
    balances: dict[str, Decimal] = {}
    for balance in report.findall("Bal"):
        try:
            balances.setdefault(text_at(balance, "Tp/CdOrPrtry/Cd"), _amount(balance)[0])
        except ValueError:
            continue
    start = balances.get("OPBD", balances.get("PRCD"))
    end = balances.get("CLBD")
    if start is None or end is None:
        return
    try:
        booked = [_amount(one)[0] for one in entries if text_at(one, "Sts/Cd", "Sts/Prtry", "Sts") in ("", "BOOK")]
    except ValueError:
        return
    statement.check_balance(start=start, change=sum(booked, Decimal(0)), end=end)
