"""Why a plan row, or what is left of the principal, is what it is: worked out anew by the rules of the engine."""

from datetime import date

from core.access import Access
from core.book.derivations import left_on, row_figures
from core.book.frames.origins import origins
from core.kit.errors import N_, NotFound
from core.kit.figures import Explanation, Unit, Words, fact

_SUBJECTS = {
    "CANONE": N_("Instalment %(number)s of contract %(contract)s, due on %(day)s. Amounts net of VAT."),
    "ANTICIPO": N_("Advance instalment of contract %(contract)s, due on %(day)s. Amounts net of VAT."),
    "RISCATTO": N_("Redemption of contract %(contract)s, due on %(day)s. Amounts net of VAT."),
    "INDICIZZAZIONE": N_("Indexation of contract %(contract)s, due on %(day)s. Amounts net of VAT."),
    "PREAMMORTAMENTO": N_("Pre-lease interest of contract %(contract)s, due on %(day)s. Amounts net of VAT."),
}


def plan_row_explained(access: Access, today: date, contract: str, kind: str, number: int, due_on: date) -> Explanation:
    """A row of the plan: its amount in cents net of VAT, then its interest, its principal and what it leaves.

    An index row is told month by month. Raises NotFound for another's contract or a row that it does not have.
    """
    of = origins(access, today, contract)
    row = next((one for one in of.rows if (one.kind, one.number, one.due_on) == (kind, number, due_on)), None)
    if row is None:
        raise NotFound
    subject = Words(_SUBJECTS[kind], {"number": str(number), "contract": contract, "day": due_on})
    return Explanation(subject, tuple(row_figures(of, row)))


def outstanding_explained(access: Access, today: date, contract: str) -> Explanation:
    """What is left of the principal today, in cents net of VAT: the price less what the rows due by today repay.

    Where the plan says otherwise the difference follows. Nothing is left after an early end. Raises NotFound for
    another's contract.
    """
    of = origins(access, today, contract)
    if of.contract.status == "terminated":
        subject = N_("Contract %(contract)s ended early on %(day)s: no principal is left.")
        nothing = fact(0, Unit.CENTS, N_("Outstanding principal"))
        return Explanation(Words(subject, {"contract": contract, "day": of.contract.terminated_on}), (nothing,))
    subject = N_(
        "Principal of contract %(contract)s left on %(day)s, net of VAT: the price less what is repaid by then."
    )
    return Explanation(Words(subject, {"contract": contract, "day": today}), tuple(left_on(of, today)))
