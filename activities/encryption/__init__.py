"""Encryption with a key per person. Whoever destroys the key makes everything unreadable that was written under it."""
