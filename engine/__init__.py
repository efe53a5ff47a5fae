"""The meaning of a ruleset: language, evaluation, decisions.

Nothing here imports gRPC or a database, reads a clock or the environment: what varies is passed in.
"""
