"""Work done in a child process with limits: what builds durable-rules networks leaks memory in C."""

from __future__ import annotations

import multiprocessing
import resource
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

__all__ = ["in_child"]

Result = TypeVar("Result")

MEMORY = 4 * 1024**3
"""Bytes of address space that a child may have."""

SECONDS = 600
"""Processor time that a child may take."""


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def in_child(work: Callable[..., Result], *arguments: object) -> Result:
    """What `work(*arguments)` returns or raises, in a fresh process that ends afterwards."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"), initializer=_limit) as pool:
        return pool.submit(work, *arguments).result()
