"""What a worker that dies or stops costs a caller: nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import grpc
import pytest

import rollbook
from tests.clients.sdk.conftest import example
from tests.clients.sdk.fake import FakeServer, ending, serving

AS_OF = date(2018, 11, 2)


def decide(client: rollbook.Client) -> rollbook.Decision:
    return client.decide("lausd/a", {"a": 1}, as_of=AS_OF, mode=rollbook.Mode.TRY)


@pytest.mark.parametrize("code", [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED])
def test_a_call_is_sent_again_with_its_request_id(
    client: rollbook.Client, fake: FakeServer, code: grpc.StatusCode
) -> None:
    fake.troubles = [ending(code), ending(code)]
    assert decide(client).outcome == "withhold"
    assert len(fake.requests) == 3
    assert len({request.request_id for request in fake.requests}) == 1


def test_a_call_is_sent_five_times_at_most(client: rollbook.Client, fake: FakeServer) -> None:
    fake.troubles = [ending(grpc.StatusCode.UNAVAILABLE)] * 9
    with pytest.raises(rollbook.UnavailableError):
        decide(client)
    assert len(fake.requests) == 5


def test_retries_can_be_switched_off(fake: FakeServer) -> None:
    fake.troubles = [ending(grpc.StatusCode.UNAVAILABLE)]
    options = rollbook.Options(attempts=1)
    with rollbook.Client(fake.address, options=options) as client, pytest.raises(rollbook.UnavailableError):
        decide(client)
    assert len(fake.requests) == 1


def test_other_errors_are_not_retried(client: rollbook.Client, fake: FakeServer) -> None:
    fake.troubles = [ending(grpc.StatusCode.INVALID_ARGUMENT)]
    with pytest.raises(rollbook.InvalidRequestError):
        decide(client)
    assert len(fake.requests) == 1


def test_a_full_batch_is_sent_again_too(client: rollbook.Client, fake: FakeServer) -> None:
    fake.troubles = [ending(grpc.StatusCode.UNAVAILABLE)]
    cases = [{"text": "x" * 4_000}] * 500
    results = client.decide_batch("lausd/a", cases, as_of=AS_OF, mode=rollbook.Mode.TRY)
    assert len(results) == 500
    assert len(fake.requests) == 2


def test_a_server_that_comes_back_on_its_port_is_found_again() -> None:
    with serving(FakeServer(example())) as port:
        client = rollbook.Client(f"127.0.0.1:{port}")
        decide(client)
    with ThreadPoolExecutor(4) as callers:
        waiting = [callers.submit(decide, client) for _ in range(4)]
        with serving(FakeServer(example()), port):
            assert len([call.result() for call in waiting]) == 4
    client.close()
