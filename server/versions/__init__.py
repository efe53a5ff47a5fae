"""Versions of rulesets and calendars on their way from draft to retired: VersionService, and what it looks at."""
