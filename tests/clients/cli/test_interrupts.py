"""Ctrl-C, and what libraries make of it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator

import pytest

from clients.cli.interrupts import interruptible


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """Ctrl-C is heard, also where whoever started the tests has it ignored, as a shell does in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_what_a_library_makes_of_ctrl_c_is_ctrl_c() -> None:
    before = signal.getsignal(signal.SIGINT)

    def query() -> None:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise RuntimeError("Query interrupted") from None

    with pytest.raises(KeyboardInterrupt), interruptible():
        query()
    assert signal.getsignal(signal.SIGINT) is before


def test_other_errors_are_what_they_are() -> None:
    with pytest.raises(RuntimeError, match="broken"), interruptible():
        raise RuntimeError("broken")


def test_other_threads_and_ignored_signals_are_left_alone() -> None:
    heard: list[object] = []

    def work() -> None:
        with interruptible():
            heard.append(signal.getsignal(signal.SIGINT))

    before = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        work()
    finally:
        signal.signal(signal.SIGINT, before)
    assert heard == [before, signal.SIG_IGN]
