"""The command line: `rollbook`, made with Typer and Rich.

`main` puts the commands together, each in a file of its own under `commands`; they ask a server or decide in this
process (`asking`), and show what comes back (`pages`). Every refusal becomes text in one place (`failures`). Modules
are imported where they are used, so that help and completion come at once.
"""
