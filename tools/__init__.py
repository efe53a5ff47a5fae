"""Helpers of the build."""
