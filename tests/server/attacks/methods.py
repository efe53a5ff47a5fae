"""The methods of a server, as it tells them itself, so that a new one is attacked without anybody thinking of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf.descriptor import Descriptor, MethodDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from tests.server.identity.people import as_caller

__all__ = ["AnyMethod", "methods_of"]


@dataclass(frozen=True, slots=True)
class AnyMethod:
    """A method: its path, its request, and whether it has streams from the client and from the server."""

    path: str
    request: Descriptor
    sends_stream: bool
    gives_stream: bool

    @property
    def name(self) -> str:
        """`Decide`."""
        return self.path.rpartition("/")[2]

    def call(
        self,
        channel: grpc.Channel,
        messages: list[bytes],
        seconds: float,
        metadata: Sequence[tuple[str, str | bytes]] = (),
    ) -> Any:
        """Calls it with bytes; its replies, or that of a method without a stream, are to be taken from the result."""
        open_ = channel.stream_stream if self.gives_stream else channel.stream_unary
        call: Any = open_(self.path, lambda sent: sent, lambda received: received)
        if self.gives_stream:
            return call(iter(messages), timeout=seconds, metadata=metadata)
        return call.future(iter(messages), timeout=seconds, metadata=metadata)


def methods_of(channel: grpc.Channel, token: str = "") -> tuple[AnyMethod, ...]:
    """All that the server has, by reflection, and reflection itself."""
    pool = DescriptorPool()
    reflecting: Any = reflection_pb2_grpc.ServerReflectionStub(as_caller(channel, token) if token else channel)
    asked = [reflection_pb2.ServerReflectionRequest(list_services="")]
    (listed,) = reflecting.ServerReflectionInfo(iter(asked), timeout=20)
    names = [service.name for service in listed.list_services_response.service]
    asked = [reflection_pb2.ServerReflectionRequest(file_containing_symbol=name) for name in names]
    added: set[str] = set()
    for reply in reflecting.ServerReflectionInfo(iter(asked), timeout=20):
        for raw in reply.file_descriptor_response.file_descriptor_proto:
            file = FileDescriptorProto.FromString(raw)
            _add(pool, file, added, reflecting)
    return tuple(_method(method) for name in names for method in _methods(pool, name))


def _add(pool: DescriptorPool, file: FileDescriptorProto, added: set[str], reflecting: Any) -> None:
    """Adds a file after those that it imports."""
    if file.name in added:
        return
    added.add(file.name)
    for name in file.dependency:
        if name not in added:
            asked = [reflection_pb2.ServerReflectionRequest(file_by_filename=name)]
            (reply,) = reflecting.ServerReflectionInfo(iter(asked), timeout=20)
            for raw in reply.file_descriptor_response.file_descriptor_proto:
                _add(pool, FileDescriptorProto.FromString(raw), added, reflecting)
    pool.Add(file)


def _methods(pool: DescriptorPool, service: str) -> Iterator[MethodDescriptor]:
    yield from pool.FindServiceByName(service).methods


def _method(method: MethodDescriptor) -> AnyMethod:
    path = f"/{method.containing_service.full_name}/{method.name}"
    return AnyMethod(path, method.input_type, method.client_streaming, method.server_streaming)
