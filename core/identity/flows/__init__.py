"""The sign-in flows: free functions for people who have no session yet, so without an Access."""
