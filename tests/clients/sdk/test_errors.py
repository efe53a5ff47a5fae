"""Each reason of the contract becomes an exception that says what to do."""

from datetime import date, timedelta

import grpc
import pytest

import rollbook
from rollbook import errors
from rollbook.v1 import errors_pb2
from tests.clients.sdk.fake import FakeServer, ending, error_status, hanging, refusing

REASONS = [
    name.removeprefix("ERROR_REASON_")
    for name in errors_pb2.DESCRIPTOR.enum_types_by_name["ErrorReason"].values_by_name
][1:]


def decide(client: rollbook.Client, **how: float) -> rollbook.Decision:
    return client.decide("lausd/a", {}, as_of=date(2018, 11, 2), mode=rollbook.Mode.TRY, timeout=how.get("timeout"))


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_has_a_class(reason: str) -> None:
    error = errors.from_status(error_status(grpc.StatusCode.UNKNOWN, reason))
    assert type(error) is not errors.RollbookError
    assert error.reason == reason


def test_an_error_carries_places_and_metadata_but_no_time_to_wait(client: rollbook.Client, fake: FakeServer) -> None:
    fake.troubles = [
        refusing(
            error_status(
                grpc.StatusCode.INVALID_ARGUMENT,
                "FACT_INVALID",
                "a fact is wrong",
                violations={"facts.mark.score": "expected a string"},
                metadata={"ruleset": "lausd/a"},
            )
        )
    ]
    with pytest.raises(rollbook.FactError) as caught:
        decide(client)
    error = caught.value
    assert error.code is grpc.StatusCode.INVALID_ARGUMENT
    assert error.violations == (rollbook.Violation("facts.mark.score", "expected a string"),)
    assert error.metadata == {"ruleset": "lausd/a"}
    assert error.retry_after is None
    assert str(error) == "FACT_INVALID: a fact is wrong\n  facts.mark.score: expected a string"
    assert isinstance(error, rollbook.InvalidRequestError)


def test_overload_says_how_long_to_wait_and_is_not_retried(client: rollbook.Client, fake: FakeServer) -> None:
    fake.troubles = [refusing(error_status(grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED", retry_seconds=2))]
    with pytest.raises(rollbook.OverloadedError) as caught:
        decide(client)
    assert caught.value.retry_after == timedelta(seconds=2)
    assert len(fake.requests) == 1


def test_a_reason_that_is_newer_than_the_client_goes_by_its_code() -> None:
    error = errors.from_status(error_status(grpc.StatusCode.NOT_FOUND, "SOMETHING_NEW"))
    assert isinstance(error, rollbook.NotFoundError)
    assert error.reason == "SOMETHING_NEW"


def test_the_code_alone_tells_enough(client: rollbook.Client, fake: FakeServer) -> None:
    fake.troubles = [ending(grpc.StatusCode.PERMISSION_DENIED)]
    with pytest.raises(rollbook.ForbiddenError) as caught:
        decide(client)
    assert caught.value.reason == ""


def test_a_call_without_an_answer_ends_at_its_deadline(client: rollbook.Client, fake: FakeServer) -> None:
    fake.troubles = [hanging]
    with pytest.raises(rollbook.DeadlineExceededError):
        decide(client, timeout=0.2)


def test_nobody_there_is_unavailable() -> None:
    with (
        rollbook.Client("127.0.0.1:1", options=rollbook.Options(attempts=2)) as client,
        pytest.raises(rollbook.UnavailableError),
    ):
        decide(client)


def test_a_message_over_the_limit_of_the_connection_is_too_large(fake: FakeServer) -> None:
    options = rollbook.Options(max_message_bytes=1_000)
    with rollbook.Client(fake.address, options=options) as client, pytest.raises(rollbook.TooLargeError):
        client.decide("lausd/a", {"text": "x" * 2_000}, as_of=date(2018, 11, 2), mode=rollbook.Mode.TRY)
    assert fake.requests == []
