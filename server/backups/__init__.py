"""Backups of the database and of recorded rosters, made while servers work, verified, and restored."""

from server.backups.errors import BackupError
from server.backups.making import Made, Progress, make_backup
from server.backups.manifest import Manifest
from server.backups.restoring import check_backup, restore_backup

__all__ = ["BackupError", "Made", "Manifest", "Progress", "check_backup", "make_backup", "restore_backup"]
