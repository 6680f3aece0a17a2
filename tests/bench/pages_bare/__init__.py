"""Pages as anybody would write them in plain Streamlit, their texts in memory: the portal is measured by them."""
