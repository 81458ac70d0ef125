"""Rules of personal data of partners."""

from mentorship.core.personal_data import DELETE, PROGRAMME, TEAM, PersonalDataRule

INVOICES = "issued invoices are kept as the law wants it, and cannot change"
ENROLLED = ("enrollment__user",)

PERSONAL_DATA_RULES: dict[str, PersonalDataRule] = {
    "partners.partnercontact": PersonalDataRule(
        "Speaks for partners", whose=("user",), erase=DELETE, words={"role": PROGRAMME}
    ),
    "partners.partnerperson": PersonalDataRule("Shown to partners", whose=ENROLLED, erase=DELETE),
    "partners.contributionentry": PersonalDataRule(
        "Hours given",
        whose=("person",),
        stays=("note", "partner_reason"),
        why="The hours stay in the partner's sum, without a name.",
        words={"note": TEAM, "partner_reason": TEAM},
    ),
    "partners.costshare": PersonalDataRule(
        "Who pays costs for them",
        whose=("cost__person",),
        actors=("answered_by",),
        stays=("payer_currency",),
        why="The share stays in the books, without a name.",
        words={"payer_currency": TEAM},
    ),
    "partners.reportlink": PersonalDataRule(technical=("token_hash",), actors=("created_by",)),
    "partners.reportversion": PersonalDataRule(
        mentions=("data",),
        actors=("published_by",),
        books="a published report cannot change; it holds sums, and words that were printed by consent",
    ),
    "partners.biller": PersonalDataRule(
        mentions=(
            "legal_name",
            "street",
            "postcode",
            "city",
            "vat_id",
            "tax_number",
            "bank",
            "iban",
            "bic",
            "registration_number",
            "contact_name",
            "contact_phone",
        ),
        impersonal=("country", "exempt_reason", "reminder_days", "invoice_prefix", "credit_prefix", "accounts"),
        organisations=("email",),
    ),
    "partners.partner": PersonalDataRule(
        mentions=(
            "name",
            "legal_name",
            "street",
            "postcode",
            "city",
            "tax_id",
            "registration_number",
            "requirements_agreed_by",
            "decided_by",
            "decided_where",
            "next_touch",
            "note",
        ),
        impersonal=(
            "slug",
            "wrong_names",
            "website",
            "naming_rules",
            "logo_kind",
            "country",
            "currency",
            "buyer_reference",
            "e_address",
        ),
        organisations=("billing_email",),
    ),
    "partners.invoice": PersonalDataRule(
        mentions=("po_number", "note", "seller", "buyer"),
        impersonal=("buyer_reference", "prefix", "number", "currency", "exempt_reason"),
        books=INVOICES,
    ),
    "partners.invoiceline": PersonalDataRule(mentions=("text",), books=INVOICES),
    "partners.issueddocument": PersonalDataRule(mentions=("pdf", "xml"), technical=("sha256",), books=INVOICES),
    "partners.bankline": PersonalDataRule(
        mentions=("payer", "text"),
        impersonal=("currency",),
        technical=("key",),
        books="bank statements are part of the books",
    ),
    "partners.bankstatement": PersonalDataRule(
        mentions=("content",),
        impersonal=("name", "answers"),
        actors=("uploaded_by",),
        books="bank statements are part of the books; a file is deleted once it is imported or discarded",
    ),
    "partners.banklayout": PersonalDataRule(impersonal=("columns", "answers"), technical=("key",)),
    "partners.payment": PersonalDataRule(mentions=("reference",), books="payments are part of the books"),
    "partners.partnerkind": PersonalDataRule(mentions=("brings", "asks")),
    "partners.requirementlist": PersonalDataRule(mentions=("items",), actors=("published_by",)),
    "partners.requirementanswer": PersonalDataRule(mentions=("accepted", "note"), actors=("user",)),
    "partners.partnerlogo": PersonalDataRule(impersonal=("content",)),
    "partners.sponsorship": PersonalDataRule(
        mentions=("scope", "agreement"), impersonal=("currency", "po_number", "countries", "communities")
    ),
    "partners.agreement": PersonalDataRule(
        mentions=("name", "decided_by", "decided_where", "note"), impersonal=("currency",)
    ),
    "partners.agreementscope": PersonalDataRule(mentions=("what",)),
    "partners.instalmentdue": PersonalDataRule(mentions=("what",)),
    "partners.deliverable": PersonalDataRule(mentions=("what", "link")),
    "partners.numberseries": PersonalDataRule(impersonal=("prefix",)),
    "partners.contribution": PersonalDataRule(
        mentions=("what", "link", "licence_exception"), impersonal=("currency", "licence", "value_currency")
    ),
    "partners.fund": PersonalDataRule(
        mentions=("name", "purpose"), impersonal=("currency", "countries", "communities")
    ),
    "partners.cost": PersonalDataRule(
        "Costs paid for them",
        whose=("person",),
        stays=("what", "provider", "invoice_number", "file_name", "currency", "country", "community"),
        held_back=("file_data",),
        why="The cost stays in the books, without a name.",
        words=dict.fromkeys(
            ("what", "provider", "invoice_number", "file_name", "currency", "country", "community"), TEAM
        ),
    ),
    "partners.impactreport": PersonalDataRule(mentions=("title", "words"), impersonal=("blocks",)),
    "partners.quote": PersonalDataRule(
        "Quotes and testimonials",
        whose=("person",),
        erase=DELETE,
        words={"text": PROGRAMME, "attribution": PROGRAMME},
    ),
    "partners.releasedtable": PersonalDataRule(mentions=("rows",), technical=("key",)),
}
