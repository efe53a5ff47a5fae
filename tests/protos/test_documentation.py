"""Every file, message, field, oneof, enum, value, service and call of the contract has a comment."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2

from tests.protos.conftest import PROJECT, workspace_in

FILES = sorted(path.name for path in (PROJECT / "protos" / "rollbook" / "v1").glob("*.proto"))
Elements = Iterator[tuple[tuple[int, ...], str]]


def elements(file: descriptor_pb2.FileDescriptorProto) -> Elements:
    """The source path (as in SourceCodeInfo) and the name of everything that a reader of the contract meets."""
    for i, message in enumerate(file.message_type):
        yield from of_message(message, (4, i), message.name)
    for i, enum in enumerate(file.enum_type):
        yield from of_enum(enum, (5, i), enum.name)
    for i, service in enumerate(file.service):
        yield (6, i), service.name
        for j, method in enumerate(service.method):
            yield (6, i, 2, j), f"{service.name}.{method.name}"


def of_message(message: descriptor_pb2.DescriptorProto, path: tuple[int, ...], name: str) -> Elements:
    yield path, name
    for i, field in enumerate(message.field):
        yield (*path, 2, i), f"{name}.{field.name}"
    for i, oneof in enumerate(message.oneof_decl):
        yield (*path, 8, i), f"{name}.{oneof.name}"
    for i, inner in enumerate(message.nested_type):
        yield from of_message(inner, (*path, 3, i), f"{name}.{inner.name}")
    for i, enum in enumerate(message.enum_type):
        yield from of_enum(enum, (*path, 4, i), f"{name}.{enum.name}")


def of_enum(enum: descriptor_pb2.EnumDescriptorProto, path: tuple[int, ...], name: str) -> Elements:
    yield path, name
    for i, value in enumerate(enum.value):
        yield (*path, 2, i), value.name


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> dict[str, descriptor_pb2.FileDescriptorProto]:
    workspace = workspace_in(tmp_path_factory.mktemp("described"))
    built = workspace.buf("build", "protos", "--as-file-descriptor-set", "-o", "contract.binpb")
    assert built.returncode == 0, built.stderr
    target = workspace.root / "contract.binpb"
    files = descriptor_pb2.FileDescriptorSet.FromString(target.read_bytes()).file
    return {Path(file.name).name: file for file in files if file.package == "rollbook.v1"}


@pytest.mark.parametrize("name", FILES)
def test_everything_has_a_comment(described: dict[str, descriptor_pb2.FileDescriptorProto], name: str) -> None:
    file = described[name]
    comments = {tuple(place.path): place.leading_comments.strip() for place in file.source_code_info.location}
    bare = [what for path, what in elements(file) if len(comments.get(path, "")) < len("Who.")]
    assert bare == []


@pytest.mark.parametrize("name", FILES)
def test_options_for_other_languages_are_set(
    described: dict[str, descriptor_pb2.FileDescriptorProto], name: str
) -> None:
    options = described[name].options
    assert options.java_package == "rollbook.v1"
    assert options.java_multiple_files
    assert options.java_outer_classname.endswith("Proto")
    assert options.csharp_namespace == "Rollbook.V1"
    assert options.go_package == "rollbook/v1;rollbookv1"


def test_every_error_reason_says_its_status_code_and_what_a_retry_does(
    described: dict[str, descriptor_pb2.FileDescriptorProto],
) -> None:
    from grpc import StatusCode

    file = described["errors.proto"]
    comments = {tuple(place.path): place.leading_comments.strip() for place in file.source_code_info.location}
    codes = {code.name for code in StatusCode}
    for index, value in enumerate(file.enum_type[0].value[1:], start=1):
        comment = comments[5, 0, 2, index]
        assert comment.split(".", 1)[0] in codes, value.name
        assert "retry" in comment, value.name
