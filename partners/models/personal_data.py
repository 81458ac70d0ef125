"""Rules of personal data of partners."""

from mentorship.core.personal_data import DELETE, TEAM, PersonalDataRule

INVOICES = "issued invoices are kept as the law wants it, and cannot change"
ENROLLED = ("enrollment__user",)

PERSONAL_DATA_RULES: dict[str, PersonalDataRule] = {
    "partners.partnercontact": PersonalDataRule("Speaks for partners", whose=("user",), erase=DELETE),
    "partners.partnerperson": PersonalDataRule("Shown to partners", whose=ENROLLED, erase=DELETE),
    "partners.contributionentry": PersonalDataRule(
        "Hours given",
        whose=("person",),
        stays=("note",),
        why="The hours stay in the partner's sum, without a name.",
        words={"note": TEAM},
    ),
    "partners.costshare": PersonalDataRule(actors=("answered_by",)),
    "partners.reportlink": PersonalDataRule(actors=("created_by",)),
    "partners.reportversion": PersonalDataRule(
        actors=("published_by",),
        books="a published report cannot change; it holds sums, and words that were printed by consent",
    ),
    "partners.biller": PersonalDataRule(organisations=("email",)),
    "partners.partner": PersonalDataRule(organisations=("billing_email",)),
    "partners.invoice": PersonalDataRule(books=INVOICES),
    "partners.invoiceline": PersonalDataRule(books=INVOICES),
    "partners.issueddocument": PersonalDataRule(books=INVOICES),
    "partners.bankline": PersonalDataRule(books="bank statements are part of the books"),
    "partners.payment": PersonalDataRule(books="payments are part of the books"),
}
