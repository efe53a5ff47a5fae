"""The caller's trace goes with its calls."""

from __future__ import annotations

import asyncio
import sys
from datetime import date
from types import SimpleNamespace

import grpc
import pytest

import rollbook
from rollbook import Mode
from tests.clients.sdk.fake import FakeServer, ending

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
AS_OF = date(2018, 11, 2)


def decide(fake: FakeServer, options: rollbook.Options) -> None:
    with rollbook.Client(fake.address, options=options) as client:
        client.decide("lausd/a", {}, as_of=AS_OF, mode=Mode.TRY)


def test_it_is_what_the_program_gives_also_when_a_call_is_sent_again(fake: FakeServer) -> None:
    fake.troubles = [ending(grpc.StatusCode.UNAVAILABLE)]
    decide(fake, rollbook.Options(traceparent=lambda: TRACEPARENT))
    assert fake.traceparents == [TRACEPARENT, TRACEPARENT]


def test_it_goes_with_calls_of_asyncio(fake: FakeServer) -> None:
    async def ask() -> None:
        options = rollbook.Options(traceparent=lambda: TRACEPARENT)
        async with rollbook.AsyncClient(fake.address, options=options) as client:
            await client.decide("lausd/a", {}, as_of=AS_OF, mode=Mode.TRY)

    asyncio.run(ask())
    assert fake.traceparents == [TRACEPARENT]


def test_it_is_that_of_opentelemetry_where_the_program_uses_it(
    fake: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = SimpleNamespace(
        is_valid=True, trace_id=0x0AF7651916CD43DD8448EB211C80319C, span_id=0xB7AD6B7169203331, trace_flags=1
    )
    span = SimpleNamespace(get_span_context=lambda: context)
    monkeypatch.setitem(sys.modules, "opentelemetry.trace", SimpleNamespace(get_current_span=lambda: span))
    decide(fake, rollbook.Options())
    context.is_valid = False
    decide(fake, rollbook.Options())
    assert fake.traceparents == [TRACEPARENT, None]


@pytest.mark.parametrize("options", [rollbook.Options(), rollbook.Options(traceparent=None)])
def test_without_a_trace_nothing_goes_with_a_call(fake: FakeServer, options: rollbook.Options) -> None:
    decide(fake, options)
    assert fake.traceparents == [None]
