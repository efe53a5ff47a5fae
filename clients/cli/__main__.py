"""`python -m clients.cli`: the same as the command `rollbook`."""

from clients.cli.main import app

app(prog_name="rollbook")
