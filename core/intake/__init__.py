"""Import of the leasing book from files, and the demo book that goes through it."""
