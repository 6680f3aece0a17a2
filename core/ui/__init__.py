"""Floor 4: Streamlit. Guard, menu, filters, tables, figures: what a page is made of."""
