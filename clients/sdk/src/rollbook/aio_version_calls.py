"""The same as `rollbook.version_calls`, awaited."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from rollbook import version_requests as requests
from rollbook.conversion import convert
from rollbook.v1 import version_service_pb2 as pb
from rollbook.version_requests import LONG_SECONDS, resource
from rollbook.versions import CreatedVersion, Version, VersionState

if TYPE_CHECKING:  # there is no such class when it runs: the stub of a channel of asyncio is awaited
    from rollbook.v1.version_service_pb2_grpc import VersionServiceAsyncStub

__all__ = ["AsyncVersionCalls"]

_Reply = TypeVar("_Reply")


class AsyncVersionCalls:
    """What a client asks about versions; see `rollbook.AsyncClient`.

    Each step may be repeated: what the same caller has done already is answered as if it were done now.
    """

    _versions: Iterator[VersionServiceAsyncStub]

    async def _call(self, method: Callable[..., Awaitable[_Reply]], request: Any, timeout: float | None) -> _Reply:
        raise NotImplementedError

    async def create_version(
        self,
        parent: str,
        source_yaml: str,
        scenarios_yaml: str = "",
        *,
        comment: str = "",
        timeout: float = LONG_SECONDS,
    ) -> CreatedVersion:
        """Stores a document as a draft, unless its version is known; of a draft the scenarios are replaced.

        Args:
            parent: where it belongs, `lausd/grade-marking` or `calendars/westlake`.
            source_yaml, scenarios_yaml: the document and its scenarios; calendars have none.
            comment: why, for those who approve it.
            timeout: seconds that the call may take.

        Raises:
            RulesetInvalidError: when it has errors; `violations` say where.
        """
        request = requests.create(parent, source_yaml, scenarios_yaml, comment)
        return convert(CreatedVersion, await self._call(next(self._versions).CreateVersion, request, timeout))

    async def list_versions(
        self,
        parent: str = "",
        *,
        states: Iterable[VersionState] = (),
        page_size: int = 50,
        timeout: float | None = None,
    ) -> AsyncIterator[Version]:
        """Versions without their texts, by name, the newest first within a name; pages are fetched as they are needed.

        Args:
            parent: those of this ruleset or calendar; of all that the caller may see when empty.
            states: those in one of these states; in any when there are none.
            page_size: how many to fetch at a time.
            timeout: seconds that each page may take.
        """
        request = requests.listing(parent, states, page_size)
        while True:
            reply = await self._call(next(self._versions).ListVersions, request, timeout)
            for version in reply.versions:
                yield convert(Version, version)
            request.page_token = reply.next_page_token
            if not request.page_token:
                return

    async def get_version(self, name: str, *, timeout: float | None = None) -> Version:
        """One version with its texts."""
        request = pb.GetVersionRequest(name=resource(name))
        return convert(Version, (await self._call(next(self._versions).GetVersion, request, timeout)).version)

    async def submit_version(self, name: str, *, comment: str = "", timeout: float | None = None) -> Version:
        """Says that a draft is ready to be approved."""
        request = pb.SubmitVersionRequest(name=resource(name), comment=comment)
        return convert(Version, (await self._call(next(self._versions).SubmitVersion, request, timeout)).version)

    async def return_version(self, name: str, *, comment: str = "", timeout: float | None = None) -> Version:
        """Makes a submitted or approved version a draft again."""
        request = pb.ReturnVersionRequest(name=resource(name), comment=comment)
        return convert(Version, (await self._call(next(self._versions).ReturnVersion, request, timeout)).version)

    async def approve_version(self, name: str, *, comment: str = "", timeout: float | None = None) -> Version:
        """Approves a submitted version.

        Raises:
            ForbiddenError: to whoever submitted it.
        """
        request = pb.ApproveVersionRequest(name=resource(name), comment=comment)
        return convert(Version, (await self._call(next(self._versions).ApproveVersion, request, timeout)).version)

    async def publish_version(
        self,
        name: str,
        *,
        in_force_from: datetime.date | None = None,
        in_force_until: datetime.date | None = None,
        comment: str = "",
        timeout: float = LONG_SECONDS,
    ) -> Version:
        """Publishes an approved version; within two seconds every server on the same database decides by it.

        Args:
            name: the version.
            in_force_from, in_force_until: the days on which it is in force, both included; those of its document unless
                given, and never others than these.
            comment: why.
            timeout: seconds that the call may take.

        Raises:
            NotPublishableError: when its check or a scenario fails, or others would lose what they need; `violations`
                say what.
        """
        request = requests.publish(name, comment, in_force_from, in_force_until)
        return convert(Version, (await self._call(next(self._versions).PublishVersion, request, timeout)).version)

    async def retire_version(self, name: str, *, comment: str = "", timeout: float = LONG_SECONDS) -> Version:
        """Ends that a published version decides: what was published before it for the same days decides again.

        Raises:
            NotPublishableError: when others that are published need it.
        """
        request = pb.RetireVersionRequest(name=resource(name), comment=comment)
        return convert(Version, (await self._call(next(self._versions).RetireVersion, request, timeout)).version)

    async def discard_version(self, name: str, *, comment: str = "", timeout: float | None = None) -> None:
        """Deletes a draft; what was done with it stays known."""
        request = pb.DiscardVersionRequest(name=resource(name), comment=comment)
        await self._call(next(self._versions).DiscardVersion, request, timeout)
