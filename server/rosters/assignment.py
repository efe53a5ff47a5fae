"""What a child process is told to do, and what it tells beside its answers; JSON within frames."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from msgspec import Struct

__all__ = ["Assignment", "Fault", "Known", "Recording", "Refused", "Ruled", "Tally", "Written"]


class Ruled(Struct, frozen=True):
    """A ruleset to decide by.

    Attributes:
        id: its id; empty for a draft.
        text: its document.
        others: the documents of rulesets that it builds on, by id.
        version: the version that it must be; empty for a draft.
        rules_as_of: the date whose parameters are used.
        calendar: the document of what school days are counted in; None where it needs none, or for a draft's own.
        calendars: for a draft, the documents of all calendars by name.
        source: where it was read from, a number of `rollbook.v1.RulesetSource`.
    """

    id: str
    text: str
    others: Mapping[str, str]
    version: str
    rules_as_of: date
    calendar: str | None = None
    calendars: Mapping[str, str] = {}
    source: Any = 0


class Known(Struct, frozen=True):
    """A segment that is recorded: its file, the SHA-256 of the file, and that of the batch as it was sent."""

    file: str
    sha256: str
    input_sha256: str


class Recording(Struct, frozen=True):
    """How decisions are recorded.

    Attributes:
        run: the id of the run.
        folder: where its segments are written.
        stream: how often the run was begun or resumed; part of the files' names.
        case_id, subject, school: the id columns that have these; empty where none does.
        known: the segments that are recorded already, by the number of the batch.
        about: what every segment says of the run.
    """

    run: str
    folder: str
    stream: int
    case_id: str
    subject: str
    school: str
    known: Mapping[int, Known]
    about: Mapping[str, str]


class Assignment(Struct, frozen=True):
    """What to do with the batches that follow.

    Attributes:
        task: decide them, or compare what two rulesets decide.
        rulesets: the one to decide by, or those before and after.
        as_of: the date of the decisions.
        absent_is_none: whether facts left out read as none where they declare what none means.
        id_columns: columns of Arrow batches that are no facts.
        detail, answer_form: what is sent back, as numbers of the contract's enums.
        max_examples: cases to show for each change.
        max_batch_cases, max_message_bytes, max_nesting: what a batch may have.
        memory_limit, threads, spill_folder: what the queries may use.
        recording: how decisions are recorded; None where they are not.
    """

    task: Literal["decide", "compare"]
    rulesets: tuple[Ruled, ...]
    as_of: date
    absent_is_none: bool
    id_columns: tuple[str, ...]
    max_batch_cases: int
    max_message_bytes: int
    max_nesting: int
    memory_limit: str
    threads: int
    spill_folder: str | None = None
    detail: int = 0
    answer_form: int = 0
    max_examples: int = 0
    recording: Recording | None = None


class Written(Struct, frozen=True):
    """A segment that was written, and is to be entered in the log before its batch is answered.

    Attributes:
        sequence: the number of the batch.
        file: the name of the file.
        sha256, input_sha256: the hashes of the file, and of the batch as it was sent.
        rejected: cases that were refused.
        ids, subjects, outcomes: of each decision, in the order of the ids.
    """

    sequence: int
    file: str
    sha256: str
    input_sha256: str
    rejected: int
    ids: list[str]
    subjects: list[str]
    outcomes: list[str]


class Tally(Struct, frozen=True):
    """What became of the cases of one batch, for metrics.

    Attributes:
        decided: decisions by outcome.
        rejected: cases that were refused.
        written: the segment that the decisions stand in, where they are recorded.
    """

    decided: Mapping[str, int] = {}
    rejected: int = 0
    written: Written | None = None


class Refused(Struct, frozen=True):
    """A refusal, as `RefusalError` has it; a violation is its path, what is expected, and the message."""

    reason: str
    message: str
    violations: tuple[tuple[str, str, str], ...]
    metadata: Mapping[str, str]


class Fault(Struct, frozen=True):
    """A fault: the type of the exception, and the places that it passed; never its text."""

    type: str
    places: tuple[str, ...]
