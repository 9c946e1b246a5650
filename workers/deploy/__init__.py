"""Versions of the workers, and how tasks come to a new one while people talk."""
