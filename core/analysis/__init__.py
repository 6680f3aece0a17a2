"""Views across customers; first of all the integrity monitor."""
