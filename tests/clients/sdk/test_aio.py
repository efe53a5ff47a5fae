"""The client for asyncio, against the same server."""

import asyncio
import inspect
from datetime import date

import grpc
import pytest

import rollbook
from rollbook import Mode
from tests.clients.sdk.fake import FakeServer, ending, error_status, refusing

AS_OF = date(2018, 11, 2)
FACTS = {"enrollment": {"instructional_days": 14}}


def test_it_has_the_methods_of_the_client_for_threads() -> None:
    def methods(cls: type) -> dict[str, list[str]]:
        return {
            name: list(inspect.signature(method).parameters)
            for name, method in inspect.getmembers(cls, inspect.isfunction)
            if not name.startswith("_")
        }

    threaded = methods(rollbook.Client)
    del threaded["compare_rulesets"]  # for tools of policy staff, which have a thread to wait in
    assert methods(rollbook.AsyncClient) == threaded


def test_every_call(fake: FakeServer) -> None:
    async def ask() -> None:
        async with rollbook.AsyncClient(fake.address) as client:
            decision = await client.decide("lausd/a", FACTS, as_of=AS_OF, mode=Mode.TRY)
            assert decision.outcome == "withhold"
            first, second = await client.decide_batch(["lausd/a"], [FACTS, {}], as_of=AS_OF, mode=Mode.TRY)
            assert isinstance(first, tuple)
            assert isinstance(second, rollbook.FactError)
            assert (await client.explain("lausd/a", FACTS, as_of=AS_OF)).rules
            assert len([ruleset async for ruleset in client.list_rulesets(page_size=2)]) == 5
            assert (await client.get_ruleset("lausd/a")).name == "rulesets/lausd/a"
            assert not (await client.validate("x")).valid
            assert (await client.run_scenarios("lausd/a")).passed
            assert (await client.run_scenarios_of("x", "y")).passed

    asyncio.run(ask())


def test_calls_run_side_by_side_over_all_channels(fake: FakeServer) -> None:
    async def ask() -> None:
        async with rollbook.AsyncClient(fake.address) as client:
            calls = [client.decide("lausd/a", FACTS, as_of=AS_OF, mode=Mode.TRY) for _ in range(32)]
            assert len(await asyncio.gather(*calls)) == 32

    asyncio.run(ask())
    assert len(set(fake.peers)) == 4


def test_it_retries_and_keeps_the_request_id(fake: FakeServer) -> None:
    fake.troubles = [ending(grpc.StatusCode.UNAVAILABLE), ending(grpc.StatusCode.CANCELLED)]

    async def ask() -> None:
        async with rollbook.AsyncClient(fake.address) as client:
            await client.decide("lausd/a", FACTS, as_of=AS_OF, mode=Mode.TRY)

    asyncio.run(ask())
    assert len(fake.requests) == 3
    assert len({request.request_id for request in fake.requests}) == 1


def test_errors_are_typed(fake: FakeServer) -> None:
    fake.troubles = [refusing(error_status(grpc.StatusCode.NOT_FOUND, "UNKNOWN_RULESET"))]

    async def ask() -> None:
        async with rollbook.AsyncClient(fake.address) as client:
            with pytest.raises(rollbook.NotFoundError) as caught:
                await client.decide("lausd/a", FACTS, as_of=AS_OF, mode=Mode.TRY)
            assert caught.value.reason == "UNKNOWN_RULESET"

    asyncio.run(ask())
