"""The customer's ledger: due items, invoices, payments, balances."""
