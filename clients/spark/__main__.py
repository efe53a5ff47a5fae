"""`python -m clients.spark`, and what spark-submit is given: the same as `rollbook spark`."""

import sys

from clients.cli.main import app

app(args=["spark", *sys.argv[1:]], prog_name="rollbook")
