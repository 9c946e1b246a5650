"""Reads the histories of a person's workflows from the Temporal server."""
