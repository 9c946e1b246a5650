"""The command line `selfology`: a module for each command, and what several of them share."""
