"""Says in plain words what a YAML parser found wrong."""

from __future__ import annotations

from typing import Final

__all__ = ["plain_words"]

_QUOTES: Final = "Text with `: `, ` #`, or a sign of YAML at its start needs quotes around it."

_FLOW: Final = "Within `{ }` and `[ ]`, text with a comma or a bracket needs quotes around it."

_KNOWN: Final = (
    ("mapping values are not allowed", "A `:` stands where no key can be.", _QUOTES),
    ("could not find expected ':'", "A key without its `:`.", "Write `key: value`, and indent the lines of a text."),
    ("found unexpected end of stream", "The document ends within a quoted text.", "Close the quotes."),
    (
        "expected <block end>",
        "This line does not fit the ones above it.",
        f"Lines of one level begin in the same column. {_QUOTES}",
    ),
    ("did not find expected key", "This does not fit what stands before it.", _QUOTES),
    ("expected ',' or '}'", "A `{` is not closed, or a comma is missing.", f"Add the `}}` or `,`. {_FLOW}"),
    ("expected ',' or ']'", "A `[` is not closed, or a comma is missing.", f"Add the `]` or `,`. {_FLOW}"),
    ("sequence entries are not allowed", "A `-` stands where no list can begin.", "Begin the list on a new line."),
    ("block mapping", "This does not fit what stands before it.", _QUOTES),
    ("unknown escape character", "There is no such escape in double quotes.", "Write `\\\\` for a backslash."),
    ("expected escape sequence", "This escape is not complete.", "Write `\\\\` for a backslash."),
    ("expected chomping or indentation", "Nothing but a comment may follow `|` or `>`.", "Begin on the next line."),
    ("expected a comment or a line break", "Nothing but a comment may follow here.", "Begin on the next line."),
    ("found duplicate anchor", "Anchors (`&name`) are not read.", "Write it out."),
    ("document start", "The document ends before this.", "A file holds one document; indent what belongs to it."),
)


def plain_words(problem: str, text: str, index: int) -> tuple[str, str]:
    """A message and a remedy for what the parser calls `problem`, found at `index` of `text`."""
    if text[index : index + 1] == "\t" and "cannot start" in problem:
        return "A tab stands where only spaces may.", "Indent with spaces."
    if "cannot start" in problem:
        return f"Text cannot begin with `{text[index : index + 1]}`.", "Put it in quotes."
    for part, message, remedy in _KNOWN:
        if part in problem:
            return message, remedy
    return f"This is not YAML: {problem or 'it cannot be read'}.", _QUOTES
