"""The reference: what a decision means, in plain Python, straight from the definitions of the language.

It is slow on purpose. Every other evaluator is tested against it.
"""

from engine.reference.decide import decide

__all__ = ["decide"]
