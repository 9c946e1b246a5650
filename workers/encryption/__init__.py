"""Encryption of what crosses Temporal: payloads, failures, and the keys of a process."""
