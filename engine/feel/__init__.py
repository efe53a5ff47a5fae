"""FEEL, the expression language of the DMN standard (1.5), with the unknown value and null safety for rulesets.

One pipeline over one tree: `parser.parse` (text to syntax tree), `checker.check` (types, and what each name means),
then either of two evaluators with one meaning: `interpreter.evaluate` walks the tree and is the reference;
`python.compile_expression` makes a Python function of it. `types`, `syntax`, `unknown`, `values`, `operators` and
`builtins` are what the stages share.
"""
