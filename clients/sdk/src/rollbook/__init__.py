"""Rollbook, for Python clients."""
