"""Every code that a problem can have, with what it means. Codes are stable: programs may depend on them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = ["CODES"]

CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        # the file
        "unreadable": "The file cannot be read, or is not UTF-8.",
        "too-large": "More bytes, keys or characters in a line than a document may have.",
        "too-deep": "More levels within each other than a document or an expression may have.",
        "too-long": "An expression, or what a table comes to, is longer than it may be.",
        # YAML
        "yaml": "The text is not YAML.",
        "yaml-alias": "An anchor or alias.",
        "yaml-tag": "A tag.",
        "yaml-key": "A key that is a list or mapping.",
        "yaml-documents": "More than one document in a file.",
        "duplicate-key": "A key that comes twice in one mapping.",
        # form
        "unknown-key": "A key that is not known there.",
        "missing-key": "A key that must be there is not.",
        "empty-value": "Nothing where something is needed.",
        "unknown-word": "None of the words that are accepted there.",
        "not-a-list": "Something else where a list is needed.",
        "not-a-mapping": "Something else where keys and values are needed.",
        "not-text": "Something else where text is needed.",
        "not-a-number": "Something else where a number is needed.",
        "not-a-boolean": "Something else where `true` or `false` is needed.",
        "not-valid": "A value that does not fit there for another reason.",
        "bad-date": "No day, or none as 2018-08-03.",
        "bad-name": "An id that is not in kebab-case, or a name that is not in snake_case.",
        "bad-parameter": "A parameter that is no number, text, truth, day, or list of one of these.",
        "bad-result": "A result that has neither a type nor a list, or both.",
        "bad-each": "An `each` that is not `name in list`.",
        "bad-outcome": "An output `outcome` of another type, or another output of that type.",
        "bad-cell": "A cell that says nothing of its column's type.",
        "bad-literal": "A date, time, duration or number in an expression that is none.",
        "misplaced-key": "A key that says nothing where it stands.",
        "out-of-range": "A number outside its bounds.",
        "empty-bounds": "Bounds that no number fits.",
        "empty-period": "A time in force, or a coverage, that ends before it begins.",
        # tables
        "table-empty": "A table without a line of names, or without rows.",
        "row-width": "A row with more or fewer cells than the line of names.",
        "empty-cell": "A cell with nothing in it.",
        "duplicate-column": "A column that comes twice.",
        "unknown-column": "A column that is not declared.",
        "missing-column": "A column that is declared and not there.",
        "gap": "Warning: a case that no row of a value table covers.",
        "overlap": "A case that two rows of a table with hit policy `unique` cover.",
        # names
        "reserved-name": "A name that means something already.",
        "duplicate-name": "A name that is declared twice.",
        "duplicate-id": "An id that comes twice.",
        "duplicate-choice": "A choice that comes twice.",
        "duplicate-entry": "An entry of a context that comes twice.",
        "ambiguous-name": "A name that could mean two things.",
        "unknown-name": "A name in an expression that is not declared.",
        "unknown-entry": "An entry that its group or list does not have.",
        "unknown-function": "A function that there is not.",
        "unknown-type": "A type that there is not.",
        "unknown-fact": "A fact that is not declared.",
        "unknown-rule": "A rule that there is not.",
        "unknown-outcome": "An outcome that is not declared.",
        "unknown-result": "A result that is not declared.",
        "unknown-action": "An action that is not declared.",
        "unknown-deadline": "A deadline that there is not.",
        "unknown-ruleset": "Another ruleset that cannot be built on.",
        "unknown-section": "A section that the authority does not list.",
        "unknown-time-zone": "A time zone that there is not.",
        "unknown-about": "Warning: an interpretation of nothing that is there.",
        # expressions
        "syntax": "The text is no expression.",
        "type-mismatch": "Types that do not fit.",
        "no-common-type": "Values of several types where one is needed.",
        "may-be-none": "What may be none is used without a test.",
        "not-a-choice": "A string that is none of the choices.",
        "not-ordered": "Strings without an order are compared by it.",
        "wrong-arguments": "Arguments that the function does not take.",
        "not-in-rulesets": "A part of FEEL that rulesets do not use.",
        "deprecated-fact": "An expression reads a deprecated fact.",
        "message-syntax": "Braces in a message that do not fit, or an expression in them.",
        "message-type": "A path in a message whose value cannot be printed.",
        # deadlines
        "bad-length": "A length that is no number of calendar, school or business days.",
        "no-length": "A deadline without a length and without a due day.",
        "paused-backwards": "A pause in a count before the start.",
        "two-due-days": "An obligation with a due day and a deadline.",
        # the whole
        "circle": "Things that wait for each other.",
        "not-given": "A rule of another ruleset named elsewhere than under `given`.",
        "facts-differ": "A rule of another ruleset reads a fact that is declared otherwise here.",
        "result-conflict": "Two rules that may both hold set the same result.",
        "not-served": "A construct that this version does not evaluate.",
        "never-holds": "Warning: a condition that can never be true.",
        "no-effect": "Warning: a rule that says and does nothing.",
        "no-citation": "Warning: a rule that cites nothing.",
        "unused-fact": "Warning: a fact that no expression reads.",
        "unused-parameter": "Warning: a parameter that nothing uses.",
        "unused-value": "Warning: a value that nothing uses.",
        "unused-table": "Warning: a table that nothing uses.",
        "unused-reference": "Warning: a reference list that nothing uses.",
        "unused-action": "Warning: an action that nothing obliges to.",
        "unused-result": "Warning: a result that nothing sets.",
        "unused-outcome": "Warning: an outcome that nothing concludes.",
        "unused-message": "Warning: a message that nobody sees.",
        "case-by-case": "Note: whole rosters are decided case by case, since no query can say this.",
        # calendars
        "outside-coverage": "A date outside the coverage of its calendar.",
        "duplicate-day": "A date that comes twice.",
        "no-such-day": "Warning: an event type of school days that no day has.",
        "unknown-calendar": "Warning: a ruleset's own calendar is not in its folder.",
        "name-differs": "A document that calls itself otherwise than its file or folder.",
        # scenarios
        "wrong-ruleset": "Scenarios of another ruleset.",
        "nothing-there": "A path to take out that is not among the facts.",
    }
)
