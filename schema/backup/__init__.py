"""Backups: what lies in their directory, and the port by which a workflow has them made."""
