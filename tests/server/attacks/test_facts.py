"""Facts sent to do harm: each is refused with our reason and without a word of it, or decided."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any, Final

import pytest
from google.protobuf.struct_pb2 import Struct, Value

from rollbook.v1 import decision_pb2
from rollbook.v1.decision_service_pb2 import DecideBatchRequest, DecideRequest, ExplainRequest
from tests.server.attacks.attacked import Attacked
from tests.server.rosters import asking
from tests.server.running import request

SECRET: Final = "Quillfeather"
DEEP: Final = 20_000
REASONS: Final = {"FACT_INVALID", "TOO_LARGE", "REQUEST_INVALID"}


def days(number: str) -> str:
    return f'{{"enrollment": {{"instructional_days": {number}}}, "notices": [{{"area": "{SECRET}"}}]}}'


def share(number: str) -> str:
    return f'{{"mark": {{"share": {number}}}, "notices": [{{"area": "{SECRET}"}}]}}'


REFUSED: Final[dict[str, str]] = {
    "nothing": "",
    "lists within lists": "[" * 1_000_000,
    "objects within objects": '{"student": ' * DEEP + "1" + "}" * DEEP,
    "lists within lists of a fact": f'{{"notices": {"[" * DEEP}"{SECRET}"{"]" * DEEP}}}',
    "an integer out of range": days("9007199254740993"),
    "an integer of very many digits": days("9" * 1_000_000),
    "an integer with an exponent": days("1e999999"),
    "an integer with an exponent that arithmetic has not": days("1e99999999"),
    "a small one with such an exponent": days("1e-99999999"),
    "a decimal with such an exponent": share("-1.5e99999999"),
    "an integer with an exponent that is no number": days("1e" + "9" * 1_000),
    "a decimal with an exponent": share("1e999999"),
    "a decimal of very many digits": share("0." + "1" * 1_000_000),
    "a decimal as text with an exponent": share('"1e9999"'),
    "a decimal with a small exponent": share("1e-999999999999"),
    "what is no number": share("NaN"),
    "infinity": share("-Infinity"),
    "half a character": '{"mark": {"score": "\\ud800"}}',
    "halves in the wrong order": '{"notices": [{"area": "\\udc00\\ud800' + SECRET + '"}]}',
    "a name of very many characters": f'{{"student": {{"{"x" * 1_000_000}": "{SECRET}"}}}}',
    "very many names": '{"student": {' + ",".join(f'"n{n}": "{SECRET}"' for n in range(50_000)) + "}}",
    "a list that is too long": '{"notices": [' + ",".join(['{"area": "a"}'] * 200_000) + "]}",
    "a list that is too long, of nothing": '{"notices": [' + ",".join(["null"] * 700_000) + "]}",
    "text where a number belongs": days(f'"{SECRET}"'),
    "a truth where a number belongs": days("true"),
    "an object where a number belongs": days(f'{{"{SECRET}": 1}}'),
    "a number where an object belongs": f'{{"student": 1, "notices": [{{"area": "{SECRET}"}}]}}',
    "a number where a date belongs": '{"notices": [{"sent_on": 20180914}]}',
    "a date that is none": f'{{"notices": [{{"sent_on": "2018-02-30", "area": "{SECRET}"}}]}}',
    "a date in the year 99999": '{"notices": [{"sent_on": "99999-01-01"}]}',
    "a text that is as long as a message": f'"{"x" * 4_000_000}"',
    "a value that follows": days("1") + SECRET,
    "a comment": days(f"1 /* {SECRET} */"),
    "names of Python": '{"__class__": {"__init__": 1}}',
}

DECIDED: Final[dict[str, str]] = {
    "names that come twice": '{"enrollment": {"instructional_days": 3}, "enrollment": {"instructional_days": 20}}',
    "a character of code 0": '{"notices": [{"area": "a\\u0000b"}]}',
    "a text that is nearly as long as a message": '{"notices": [{"area": "' + "x" * 4_000_000 + '"}]}',
    "a text of control characters": '{"notices": [{"area": "\\u202e\\u0007\\u001b[2J"}]}',
    "a list as long as it may be": '{"notices": [' + ",".join(['{"area": "a"}'] * 10_000) + "]}",
    "white space": days("3").replace(" ", " " * 100_000),
}


@pytest.mark.parametrize("mode", ["MODE_TRY", "MODE_RECORD"])
@pytest.mark.parametrize("attack", REFUSED)
def test_facts_that_are_refused(attacked: Attacked, attack: str, mode: str) -> None:
    asked = request(REFUSED[attack], mode=decision_pb2.Mode.Value(mode))
    error = attacked.refuses(lambda: attacked.decisions.Decide(asked, timeout=20), SECRET)
    assert error.reason in REASONS
    attacked.unharmed()


@pytest.mark.parametrize("attack", REFUSED)
def test_facts_that_are_refused_elsewhere(attacked: Attacked, attack: str) -> None:
    explain = request(REFUSED[attack], kind=ExplainRequest)
    assert attacked.refuses(lambda: attacked.decisions.Explain(explain, timeout=20), SECRET).reason in REASONS
    batch = request(kind=DecideBatchRequest)
    batch.cases.add(facts_json=REFUSED[attack])
    batch.cases.add(facts_json=days("20"))
    reply = attacked.decisions.DecideBatch(batch, timeout=20)
    assert reply.results[0].HasField("error")
    assert SECRET not in str(reply.results[0].error)
    assert reply.results[1].decisions.decisions[0].outcome == "assign"
    attacked.unharmed()


def test_facts_of_a_roster(attacked: Attacked) -> None:
    """Each is refused alone, with its reason; its neighbours are decided."""
    lines = [text for text in REFUSED.values() if text and len(text) < 100_000]
    sent = "".join(f"{line}\n{days('20')}\n" for line in lines).encode()
    (_, answer, _) = asking.decide(attacked, asking.header(), asking.batch(json_lines=sent))
    rejects = answer.batch.rejects
    assert [reject.row for reject in rejects] == [2 * number for number in range(len(lines))]
    assert SECRET not in str(rejects)
    attacked.unharmed()


@pytest.mark.parametrize("mode", ["MODE_TRY", "MODE_RECORD"])
@pytest.mark.parametrize("attack", DECIDED)
def test_facts_that_are_decided(attacked: Attacked, attack: str, mode: str) -> None:
    assert attacked.decide(DECIDED[attack], mode=decision_pb2.Mode.Value(mode)).state
    attacked.unharmed()


def struct(**fields: Value) -> Struct:
    return Struct(fields=fields)


def deep(levels: int) -> Struct:
    made = Struct()
    for _ in range(levels):
        made = struct(student=Value(struct_value=made))
    return made


STRUCTS: Final[dict[str, Callable[[], Struct]]] = {
    "deep": lambda: deep(30),
    "a value of no kind": lambda: struct(student=Value()),
    "no number": lambda: struct(
        enrollment=Value(struct_value=struct(instructional_days=Value(number_value=float("nan"))))
    ),
    "infinity": lambda: struct(mark=Value(struct_value=struct(share=Value(number_value=float("-inf"))))),
    "a huge number": lambda: struct(
        enrollment=Value(struct_value=struct(instructional_days=Value(number_value=1e308)))
    ),
    "a name that is none": lambda: struct(**{"\0": Value(string_value=SECRET)}),
}


@pytest.mark.parametrize("attack", STRUCTS)
def test_facts_as_a_struct(attacked: Attacked, attack: str) -> None:
    asked = request(of_case_facts_struct=STRUCTS[attack]())
    error = attacked.refuses(lambda: attacked.decisions.Decide(asked, timeout=20), SECRET)
    assert error.reason in REASONS
    attacked.unharmed()


def test_a_struct_deeper_than_protobuf_reads(attacked: Attacked) -> None:
    raw = b"\x1a\x00"
    for _ in range(5_000):
        raw = _field(0x0A, b"\x0a\x01a" + _field(0x12, _field(0x2A, raw)))  # an entry of a map, of a value, of a struct
    asked = DecideRequest(rulesets=["rulesets/demo/marks"]).SerializeToString() + _field(0x3A, _field(0x32, raw))
    error = attacked.refuses(lambda: attacked.send("/rollbook.v1.DecisionService/Decide", asked))
    assert error.reason == "REQUEST_INVALID"
    attacked.unharmed()


def _field(tag: int, body: bytes) -> bytes:
    size, length = b"", len(body)
    while length > 0x7F:
        size, length = size + bytes((length & 0x7F | 0x80,)), length >> 7
    return bytes((tag,)) + size + bytes((length,)) + body


@pytest.mark.parametrize(
    "said",
    ["a" * 30 + "b", "a" * 100_000 + "b", "a " * 50_000 + "!", "word " * 20_000],
    ids=["short", "a", "a_", "word"],
)
def test_patterns_that_explode_do_not(attacked: Attacked, said: str) -> None:
    """Regular expressions take a time that grows with the text and no more: an engine that goes back would not end."""
    asked: Any = request({"student": {"said": said}}, rulesets=("rulesets/demo/patterns",))
    began = monotonic()
    (decision,) = attacked.decisions.Decide(asked, timeout=20).decisions
    assert decision.state == decision_pb2.DECISION_STATE_DETERMINED
    assert monotonic() - began < 5
    attacked.unharmed()
