"""The proto files come with the SDK, and nothing else is needed to generate a client from them."""

import ast
import subprocess
import sys
from pathlib import Path

import rollbook

PROJECT = Path(__file__).resolve().parents[3]


def test_the_bundled_files_are_those_of_the_project() -> None:
    ours = {str(name): text for name, text in rollbook.proto_files().items() if name.parts[0] == "rollbook"}
    root = PROJECT / "protos"
    assert ours == {
        str(path.relative_to(root)): path.read_text(encoding="utf-8") for path in root.glob("rollbook/v1/*.proto")
    }


def test_a_client_can_be_generated_from_what_is_written(tmp_path: Path) -> None:
    written = rollbook.write_protos(tmp_path / "protos")
    output = tmp_path / "generated"
    output.mkdir()
    own = [str(path) for path in written if "rollbook" in path.relative_to(tmp_path).parts]
    command = [sys.executable, "-m", "grpc_tools.protoc", f"--proto_path={tmp_path / 'protos'}"]
    subprocess.run([*command, f"--python_out={output}", *own], check=True, timeout=60)
    assert (output / "rollbook" / "v1" / "decision_service_pb2.py").is_file()


def test_it_needs_grpcio_and_protobuf_only() -> None:
    imported: set[str] = set()
    for file in (PROJECT / "clients" / "sdk" / "src" / "rollbook").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported.update(name.name.partition(".")[0] for name in node.names)
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").partition(".")[0])
    assert imported - sys.stdlib_module_names == {"rollbook", "grpc", "google"}
