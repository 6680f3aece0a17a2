"""Accounts, sessions and the sign-in flows."""
