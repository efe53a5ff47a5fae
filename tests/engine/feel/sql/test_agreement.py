"""Whatever SQL knows of a random expression over random cases is what the interpreter says."""

from __future__ import annotations

from collections import Counter
from random import Random

from engine.feel.errors import FeelError
from engine.feel.sql import NotCovered
from tests.engine.feel.sql.asking import Roster, agrees, exactly
from tests.engine.feel.sql.cases import CONSTANTS, SCOPE, case, writer_scope
from tests.properties.making_expressions import Writer

EXPRESSIONS = 400
CASES = 40


def expression(random: Random) -> str:
    """An expression of some type."""
    writer = Writer(random, writer_scope())
    depth = random.randint(0, 3)
    kinds = (writer.boolean, writer.boolean, writer.number, writer.date)
    plain = (writer.string, writer.dates, writer.strings, lambda: writer.filtered(random.choice(writer.scope.lists), 1))
    chosen = random.randrange(len(kinds) + len(plain))
    return kinds[chosen](depth) if chosen < len(kinds) else plain[chosen - len(kinds)]()


def test_what_sql_knows_is_what_the_interpreter_says() -> None:
    random = Random(20240301)
    roster = Roster(SCOPE, [case(random) for _ in range(CASES)], CONSTANTS)
    seen: Counter[str] = Counter()
    open_: Counter[str] = Counter()
    for _ in range(EXPRESSIONS):
        text = expression(random)
        try:
            checked = roster.checked(text)
        except FeelError:
            seen["refused"] += 1
            continue
        try:
            answers = roster.answers(checked)
        except NotCovered as error:
            seen["not covered"] += 1
            open_[error.construct] += 1
            continue
        seen["covered"] += 1
        for number, (sql, expected, left) in enumerate(
            zip(answers.sql, answers.interpreter, answers.left_out, strict=True)
        ):
            assert left or agrees(sql, expected), f"{text}\n{roster.cases[number]}\n{sql}\n{expected}"
            seen["left out" if left else "exact" if exactly(sql, expected) else "open"] += 1
    covered = seen["covered"] / (seen["covered"] + seen["not covered"])
    exact = seen["exact"] / (seen["exact"] + seen["open"] + seen["left out"])
    told = f"covered {covered:.3f}, as known as the interpreter {exact:.4f}; {dict(seen)}; {open_.most_common(12)}"
    print(told)  # noqa: T201 - the shares are what one runs it for
    assert seen["refused"] < EXPRESSIONS / 10
    assert covered > 0.95
    assert exact > 0.99
