"""Generates the stubs of the contract into `src/rollbook/v1` and bundles its proto files in `src/rollbook/protos`.

The build hook calls this when the SDK is installed; `make` calls it when a proto has changed. Nothing that it makes is
committed.

    python clients/sdk/generate.py
"""

from __future__ import annotations

import importlib.resources
import importlib.util
import re
import shutil
import sysconfig
import tempfile
from pathlib import Path

SDK = Path(__file__).resolve().parent
STUBS = Path("src/rollbook/v1")
BUNDLE = Path("src/rollbook/protos")
_IMPORT = re.compile(r'^import (?:public |weak )?"([^"]+)";', re.MULTILINE)


def proto_root() -> Path:
    """The folder with the contract: the project's own, or the copy that an sdist carries.

    Raises:
        FileNotFoundError: when there is neither.
    """
    for root in (SDK.parent.parent / "protos", SDK / BUNDLE):
        if (root / "rollbook" / "v1").is_dir():
            return root
    message = f"no protos beside {SDK}: build the SDK from a checkout or from its sdist"
    raise FileNotFoundError(message)


def imported_protos(root: Path) -> dict[str, Path]:
    """The googleapis files that the protos under `root` import, directly or not: import path -> file.

    google/protobuf/ is left out, since every protoc has it.
    """
    waiting = [name for file in sorted(root.glob("rollbook/**/*.proto")) for name in _imports(file)]
    found: dict[str, Path] = {}
    while waiting:
        name = waiting.pop()
        if name in found or name.startswith(("rollbook/", "google/protobuf/")):
            continue
        found[name] = _googleapis_file(name, root)
        waiting.extend(_imports(found[name]))
    return dict(sorted(found.items()))


def _imports(file: Path) -> list[str]:
    return _IMPORT.findall(file.read_text(encoding="utf-8"))


def _googleapis_file(name: str, root: Path) -> Path:
    """A file of googleapis-common-protos, which installs its protos beside its modules, or of the bundle."""
    spec = importlib.util.find_spec("google")
    places = [Path(place).parent for place in (spec.submodule_search_locations or [])] if spec else []
    for place in [*places, root]:
        if (place / name).is_file():
            return place / name
    message = f"{name} not found: install googleapis-common-protos"
    raise FileNotFoundError(message)


def generate() -> None:
    """Makes both folders anew; files that are already right are left alone."""
    with tempfile.TemporaryDirectory() as made:
        _bundle(proto_root(), Path(made) / "bundle")
        _stubs(Path(made) / "bundle", Path(made) / "stubs")
        _replace(Path(made) / "bundle", SDK / BUNDLE)
        _replace(Path(made) / "stubs" / "rollbook" / "v1", SDK / STUBS)


def _bundle(root: Path, target: Path) -> None:
    files = {str(file.relative_to(root)): file for file in sorted(root.glob("rollbook/**/*.proto"))}
    for name, file in (files | imported_protos(root)).items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target / name)


def _stubs(source: Path, output: Path) -> None:
    from grpc_tools import protoc

    output.mkdir()
    well_known = importlib.resources.files("grpc_tools") / "_proto"
    arguments = [
        "protoc",
        f"--proto_path={source}",
        f"--proto_path={well_known}",
        f"--plugin=protoc-gen-mypy={_plugin('protoc-gen-mypy')}",
        f"--plugin=protoc-gen-mypy_grpc={_plugin('protoc-gen-mypy_grpc')}",
        f"--python_out={output}",
        f"--grpc_python_out={output}",
        f"--mypy_out=quiet:{output}",
        f"--mypy_grpc_out=quiet:{output}",
        *(str(file) for file in sorted(source.glob("rollbook/**/*.proto"))),
    ]
    if protoc.main(arguments) != 0:
        message = "protoc failed; its messages stand above"
        raise RuntimeError(message)
    (output / "rollbook" / "v1" / "__init__.py").write_text(
        '"""Generated stubs of the contract, one pair of modules per file of `rollbook/v1`."""\n', encoding="utf-8"
    )


def _replace(made: Path, target: Path) -> None:
    """Makes `target` like `made`, file by file, so that a process that is reading it never finds it empty."""
    wanted = {file.relative_to(made): file.read_bytes() for file in made.rglob("*") if file.is_file()}
    for name, text in wanted.items():
        file = target / name
        if not file.is_file() or file.read_bytes() != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text)
    for file in target.rglob("*"):
        if file.is_file() and file.relative_to(target) not in wanted and "__pycache__" not in file.parts:
            file.unlink()


def _plugin(name: str) -> str:
    """The path of a protoc plugin: beside the interpreter, or wherever a build environment has it."""
    beside = Path(sysconfig.get_path("scripts")) / name
    found = str(beside) if beside.is_file() else shutil.which(name)
    if found is None:
        message = f"{name} not found: install mypy-protobuf"
        raise FileNotFoundError(message)
    return found


if __name__ == "__main__":
    generate()
