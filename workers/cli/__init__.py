"""The command line: `selfology`, one module a command."""
