"""Rosters in files: a table of cases is read, decided batch by batch, and its decisions are written as one file.

`reading` reads tables of cases, `writing` writes tables of decisions, `jobs` does the work between in parts that a run
which was stopped goes on from. What decides is a `Decider`: this process (`local`), or a server.
"""
