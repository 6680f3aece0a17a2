"""What is said about a book. Pure; the rules themselves are SQL, in `core.intake.faults`."""
