"""The leasing engine: rates, plans and their dates, index charges, balances, settlement and late interest.

Amounts are cents net of VAT, rounded half up once. Formulas that a customer sees explained take any `Number`: with
fractions they make the amounts, with figures they also say how. `portfolio` has the plans of many contracts at once.
"""

from core.book.rules.amounts import gross, vat, vat_cents
from core.book.rules.balances import outstanding, outstanding_on, unpaid_principal
from core.book.rules.indexation import (
    INDEX_DIVISOR,
    IndexedMonth,
    days_of,
    index_ppm,
    mean_ppm,
    month_part,
    months_of,
    on_365_days,
    quarter_charge,
    quarters,
    share,
    simple_charge,
)
from core.book.rules.late import LateDays, late_days, late_interest, late_rate
from core.book.rules.plans import Row, Split, interest, plan, split
from core.book.rules.rates import (
    HIGHEST_RATE,
    MONTHS_OF_YEAR,
    PPM,
    effective_rate,
    explained_rate,
    present_value,
    rate_of,
    rate_ppm,
    rent_cents,
    solved_rate,
)
from core.book.rules.schedule import DatedRow, Days, Index, dated_plan, due_dates
from core.book.rules.settlement import Payment, discounted, settlement, to_come, worth_today
from core.book.rules.terms import Flow, Terms, agreed, flows, term_figures

__all__ = [
    "HIGHEST_RATE",
    "INDEX_DIVISOR",
    "MONTHS_OF_YEAR",
    "PPM",
    "DatedRow",
    "Days",
    "Flow",
    "Index",
    "IndexedMonth",
    "LateDays",
    "Payment",
    "Row",
    "Split",
    "Terms",
    "agreed",
    "dated_plan",
    "days_of",
    "discounted",
    "due_dates",
    "effective_rate",
    "explained_rate",
    "flows",
    "gross",
    "index_ppm",
    "interest",
    "late_days",
    "late_interest",
    "late_rate",
    "mean_ppm",
    "month_part",
    "months_of",
    "on_365_days",
    "outstanding",
    "outstanding_on",
    "plan",
    "present_value",
    "quarter_charge",
    "quarters",
    "rate_of",
    "rate_ppm",
    "rent_cents",
    "settlement",
    "share",
    "simple_charge",
    "solved_rate",
    "split",
    "term_figures",
    "to_come",
    "unpaid_principal",
    "vat",
    "vat_cents",
    "worth_today",
]
