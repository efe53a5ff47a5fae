"""Rulesets: documents read from YAML, bound and checked, versioned, described by schemas.

`loading` reads and checks a document; `checked` is what evaluators get; `documents` and `facts` are its parts;
`problems` says what is wrong where; `canonical` makes its version; `schema` its JSON Schemas.
"""
