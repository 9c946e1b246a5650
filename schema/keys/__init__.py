"""The names of data keys, and the migrations of the key store."""
