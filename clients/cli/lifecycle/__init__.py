"""Versions of a server: found by what people call them, taken further, imported from a folder, exported to one."""
