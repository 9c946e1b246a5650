"""Backups of the embedded servers' data: how they are made, where they lie, and how they are put back."""
