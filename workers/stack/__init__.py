"""The embedded stack: a Temporal dev server, PostgreSQL and workers on one machine, with nothing else to install.

One detached supervisor process (`python -m workers.stack`) owns all of it. Clients share it and start it when it does
not run. It ends by itself when the last client has left.
"""
