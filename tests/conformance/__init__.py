"""Somebody else's tests: the literal-expression cases of the DMN Technology Compatibility Kit.

`python -m tests.conformance` prints how many pass, per suite.
"""
