"""The type checker, in parts: which types fit together, what names mean, what a test rules out, what constructs give.

`engine.feel.checker` is its public face.
"""
