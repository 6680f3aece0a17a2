"""Papers the portal draws: one template and one module for each."""
