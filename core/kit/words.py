"""The glossary of codes: every state, kind and method has one label, read by screens, workbooks and papers alike.

Labels are messages of the catalogues, translated where they are shown; `docs/glossary.md` maps them to Italian.
"""

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


def causale_message(kind: str, causale: str) -> str:
    """The message to translate for a causale: its kind's label, or the text itself where the company wrote its own."""
    return KINDS[kind] if causale == CAUSALI[kind] else causale
