"""Mail: the outbox table, the sender, the templates."""
