"""What is written as bytes is what the message of the same fields is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rollbook.v1 import decision_pb2 as pb
from rollbook.v1 import obligation_pb2
from server.wire import bytes_field, constant, text_field, varint


@given(st.text(max_size=300), st.text(max_size=20_000), st.lists(st.text(max_size=200), max_size=4))
def test_fields_written_as_bytes(because: str, results: str, rules: list[str]) -> None:
    held = text_field(pb.HeldRule, "because")
    rule = bytes_field(pb.Decision, "rules")
    raw = b"".join(
        (
            constant(pb.Decision(outcome="withhold", complete=True)),
            text_field(pb.Decision, "because")(because),
            text_field(pb.Decision, "results_json")(results),
            *(rule(held(text)) for text in rules),
        )
    )
    assert pb.Decision.FromString(raw) == pb.Decision(
        outcome="withhold",
        complete=True,
        because=because,
        results_json=results,
        rules=[pb.HeldRule(because=text) for text in rules],
    )


@given(st.integers(min_value=0, max_value=2**31 - 1))
def test_numbers(number: int) -> None:
    field = obligation_pb2.Deadline.DESCRIPTOR.fields_by_name["status"].number
    message = obligation_pb2.Deadline.FromString(varint(field << 3) + varint(number))
    assert message.status == number
