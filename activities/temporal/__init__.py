"""The Temporal server itself: what it keeps of a person's workflows."""
