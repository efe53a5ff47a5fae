"""Why, and why not: the decision of a case with every rule and every part of its premise."""

from engine.explanations.explain import explain
from engine.explanations.model import (
    ElementExplanation,
    Explanation,
    NamedValue,
    Part,
    PartState,
    RuleExplanation,
    RuleReference,
    RuleStatus,
)
from engine.explanations.render import render
from engine.explanations.standing import cause_text

__all__ = [
    "ElementExplanation",
    "Explanation",
    "NamedValue",
    "Part",
    "PartState",
    "RuleExplanation",
    "RuleReference",
    "RuleStatus",
    "cause_text",
    "explain",
    "render",
]
