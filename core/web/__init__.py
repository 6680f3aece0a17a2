"""Floor 4: what is served besides the Streamlit pages, and the gate in front of everything."""
