"""What the plan of a contract is worked out from: its terms, its rows, the means of its index."""

from datetime import date

from sqlalchemy import select

from core import db
from core.access import Access
from core.book.derivations import Origins
from core.book.frames.contracts import refuse
from core.book.ledger import CONTRACT, CUSTOMER, TODAY, plan_order, status
from core.book.tables import Contract, IndexRate, PlanRow

_OWN = Contract.number == CONTRACT, Contract.customer_id == CUSTOMER
_TERMS = select(Contract.__table__, status(TODAY).label("status")).where(*_OWN)
_ROWS = (
    select(PlanRow.__table__).join(Contract, Contract.id == PlanRow.contract_id).where(*_OWN).order_by(*plan_order())
)
_MEANS = select(IndexRate.month, IndexRate.ppm, IndexRate.source).join(Contract, Contract.index_code == IndexRate.code)
_MEANS = _MEANS.where(*_OWN)


def origins(access: Access, today: date, number: str) -> Origins:
    """What a customer's plan is worked out from. Three statements. Raises NotFound for another's contract."""
    values = {"customer": access.customer, "contract": number, "today": today}
    with db.reading(access) as connection:
        contract = connection.execute(_TERMS, values).one_or_none()
        rows = connection.execute(_ROWS, values).all()
        means = connection.execute(_MEANS, values).all()
    if contract is None:
        refuse(access, number)
    return Origins(contract, rows, {mean.month: mean for mean in means})
