"""The embedded stack: a Temporal dev server, PostgreSQL and workers on one machine, with nothing to install or tend.

One detached supervisor process (`python -m workers.stack`) owns all of it. Clients start it when it is missing, share
it, and it ends by itself when the last of them has left.
"""
