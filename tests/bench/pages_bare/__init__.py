"""The invoices page as anybody would write it in plain Streamlit, its texts in memory: the portal is measured by it."""
