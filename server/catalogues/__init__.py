"""What the server decides by: the rulesets of a folder, or the published versions of the database.

`served.py` is what a call looks at, `folder.py` and `database.py` read it; `days.py` says which versions are in force
together, `editions.py` makes them ready, `telling.py` logs and counts what is served.
"""
