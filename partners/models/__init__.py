"""The models of partners, a module for each subject."""

from partners.models.agreements import Agreement, AgreementScope
from partners.models.bank import BankLayout, BankLine, BankStatement, Payment
from partners.models.billing import Biller, Invoice, InvoiceLine, IssuedDocument, NumberSeries
from partners.models.contacts import PartnerContact
from partners.models.contributions import Contribution, ContributionEntry
from partners.models.costs import Cost, CostShare, Fund
from partners.models.quotes import Quote
from partners.models.records import (
    Deliverable,
    InstalmentDue,
    Partner,
    PartnerKind,
    PartnerLogo,
    PartnerPerson,
    Sponsorship,
)
from partners.models.reports import ImpactReport, ReleasedTable, ReportLink, ReportVersion
from partners.models.requirements import RequirementAnswer, RequirementList

__all__ = [
    "Agreement",
    "AgreementScope",
    "BankLayout",
    "BankLine",
    "BankStatement",
    "Biller",
    "Contribution",
    "ContributionEntry",
    "Cost",
    "CostShare",
    "Deliverable",
    "Fund",
    "ImpactReport",
    "InstalmentDue",
    "Invoice",
    "InvoiceLine",
    "IssuedDocument",
    "NumberSeries",
    "Partner",
    "PartnerContact",
    "PartnerKind",
    "PartnerLogo",
    "PartnerPerson",
    "Payment",
    "Quote",
    "ReleasedTable",
    "ReportLink",
    "ReportVersion",
    "RequirementAnswer",
    "RequirementList",
    "Sponsorship",
]
