"""The glossary of codes: every state, kind and method has one label, read by screens, workbooks and papers alike.

Labels are messages of the catalogues, translated where they are shown; `docs/glossary.md` maps them to Italian.
"""

from collections.abc import Callable

from core.kit.errors import N_

ITEM_STATES = {"upcoming": N_("Not yet due"), "overdue": N_("Overdue"), "paid": N_("Paid")}
VIEWS = {
    "arrears": N_("Overdue on active contracts"),
    "closed_arrears": N_("Overdue on closed contracts"),
    "next": N_("Next payment"),
    "advances": N_("Advances paid on active contracts"),
}
CHIPS = {"partial": N_("Partly paid"), "returned": N_("Returned")}
CONTRACT_STATUSES = {"active": N_("Active"), "closed": N_("Closed"), "terminated": N_("Terminated early")}
KINDS = {
    "ANTICIPO": N_("Advance"),
    "CANONE": N_("Rent"),
    "RISCATTO": N_("Residual value"),
    "INDICIZZAZIONE": N_("Indexation"),
    "NOTA_CREDITO": N_("Credit note"),
    "PREAMMORTAMENTO": N_("Pre-lease interest"),
}
METHODS = {
    "SDD": N_("SEPA direct debit"),
    "BONIFICO": N_("Bank transfer"),
    "MAV": N_("MAV payment slip"),
    "BOLLETTINO": N_("Postal payment slip"),
    "PAGOPA": N_("PagoPA notice"),
}
# A credit in the plan is taken off the next rent.
OFFSET = "COMPENSAZIONE"
PLAN_METHODS = METHODS | {OFFSET: N_("Offset")}
PLAN_KINDS = KINDS | {"ANTICIPO": N_("Advance instalment"), "CANONE": N_("Instalment"), "RISCATTO": N_("Redemption")}
PLAN_STATES = {"collected": N_("Collected"), "upcoming": N_("To come"), "overdue": N_("Overdue instalments")}
PLAN = {
    "number": N_("Instalment no."),
    "due_on": N_("Due date"),
    "kind": N_("Instalment type"),
    "amount_cents": N_("Instalment amount"),
    "principal_cents": N_("Principal share"),
    "interest_cents": N_("Interest share"),
    "outstanding_cents": N_("Outstanding principal"),
    "method": N_("Payment method"),
    "accrues_from": N_("Accrual from"),
    "accrues_to": N_("Accrual to"),
    "collected_on": N_("Collected on"),
}
DOCUMENTS = {
    "contract": N_("Contract"),
    "plan": N_("Amortization plan"),
    "invoice": N_("Invoice"),
    "credit_note": N_("Credit note"),
    "certificate": N_("Certificate"),
    "letter": N_("Letter"),
}
CONTRACT = {
    "number": N_("Contract"),
    "product": N_("Product"),
    "status": N_("State"),
    "price_cents": N_("Amount"),
    "assets": N_("Number of assets"),
    "signed_on": N_("Signed on"),
    "starts_on": N_("Start date"),
    "ends_on": N_("End date"),
    "deposit_cents": N_("Advance"),
    "rent_cents": N_("Instalment amount"),
    "instalments": N_("No. of instalments"),
    "months": N_("Duration (months)"),
    "period_months": N_("Frequency"),
    "residual_cents": N_("Residual value"),
    "index_code": N_("Reference rate"),
    "outstanding_cents": N_("Outstanding principal"),
}
CONTRACT_FILTERS = {"active": N_("Active ones"), "closed": N_("Closed ones"), None: N_("All")}
# How often an instalment is due, by its months.
PERIODS = {
    1: N_("Monthly"),
    2: N_("Every two months"),
    3: N_("Quarterly"),
    4: N_("Every four months"),
    6: N_("Half-yearly"),
    12: N_("Yearly"),
}
# The name of an index and the days of its year.
INDICES = {"EURIBOR3M": (N_("3-month Euribor"), N_("divisor 360"))}
FIXED_RATE = N_("Fixed rate")
ASSET = {
    "contract": N_("Contract code"),
    "code": N_("Asset code"),
    "description": N_("Description"),
    "kind": N_("Asset type"),
    "price_cents": N_("Amount"),
    "residual_cents": N_("Residual value"),
    "ends_on": N_("Lease ends on"),
}
LEDGER = {
    "state": N_("State"),
    "contract": N_("Contract"),
    "due_on": N_("Due on"),
    "number": N_("Rent no."),
    "causale": N_("Reason"),
    "method": N_("Payment"),
    "gross_cents": N_("Amount"),
    "paid_cents": N_("Paid"),
    "balance_cents": N_("Balance"),
    "overdue_cents": N_("Overdue balance"),
    "invoice": N_("Invoice"),
}

# What the intake writes as causale where the file has none: the same words as the Italian labels of KINDS.
CAUSALI = {
    "ANTICIPO": "Anticipo",
    "CANONE": "Pagamento",
    "RISCATTO": "Valore residuo",
    "INDICIZZAZIONE": "Indicizzazione",
    "NOTA_CREDITO": "Nota di credito",
    "PREAMMORTAMENTO": "Preammortamento",
}


def period_message(months: int) -> str:
    """The message to translate for how often an instalment is due, with `%(n)s` where the months have no name."""
    return PERIODS.get(months, N_("Every %(n)s months"))


def rate_name(index_code: str | None, gettext: Callable[[str], str]) -> str:
    """The reference rate of a contract: its index with the days of its year, or that it has none."""
    if index_code is None:
        return gettext(FIXED_RATE)
    if index_code not in INDICES:
        return index_code
    name, divisor = map(gettext, INDICES[index_code])
    return f"{name} ({divisor})"


def causale_message(kind: str, causale: str) -> str:
    """The message to translate for a causale: its kind's label, or the text itself where the company wrote its own."""
    return KINDS[kind] if causale == CAUSALI[kind] else causale
