"""Child processes with limits: what runs wild, or crashes, ends the child and nothing else."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from engine.errors import RollbookError
from rollbook.v1.ruleset_service_pb2 import RulesetDocument, ValidateRulesetRequest, ValidateRulesetResponse
from server import sandboxes as sandboxes_module
from server.calls import ClientGoneError
from server.errors import RefusalError
from server.logs import configure_logs
from server.metrics import Metrics
from server.sandboxes import Sandboxes, SandboxFaultError
from tests.server.running import MARKS

CORES = frozenset(os.sched_getaffinity(0))
SECRET = "Quillfeather"

# The child as it is, but with this task in place of the real ones.
CHILD = """
import sys
from server import sandbox
from engine.errors import Reason, RollbookError, Violation

def task(request, documents):
{body}

sandbox._tasks = lambda: dict.fromkeys(("validate", "scenarios", "rehearse", "networks"), task)
sys.exit(sandbox.main(sys.argv[1:]))
"""


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def doing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Has child processes do something else."""

    def do(body: str) -> None:
        script = tmp_path / "child.py"
        lines = "\n".join(f"    {line}" for line in body.splitlines())
        script.write_text(CHILD.format(body=lines), encoding="utf-8")
        monkeypatch.setattr(sandboxes_module, "CHILD", (sys.executable, "-I", "-B", str(script)))

    return do


def sandboxes(metrics: Metrics, seconds: float = 20.0, megabytes: int = 512) -> Sandboxes:
    return Sandboxes(metrics, seconds=seconds, megabytes=megabytes, cores=CORES)


def kills(metrics: Metrics, limit: str) -> float | None:
    return metrics.registry.get_sample_value("rollbook_sandbox_kills_total", {"limit": limit})


def test_a_real_document(metrics: Metrics) -> None:
    request = ValidateRulesetRequest(document=RulesetDocument(ruleset_yaml=MARKS))
    reply = ValidateRulesetResponse.FromString(sandboxes(metrics).run("validate", request.SerializeToString()))
    assert reply.valid


def test_what_libraries_print_does_not_get_into_the_answer(metrics: Metrics, doing: Callable[[str], None]) -> None:
    doing("print('noise', flush=True)\nreturn request[::-1]")
    assert sandboxes(metrics).run("validate", b"abc") == b"cba"


@pytest.mark.parametrize(
    "body",
    ["while True: pass", "import signal\nsignal.pause()", "import os, signal\nos.kill(os.getpid(), signal.SIGXCPU)"],
)
def test_too_much_time(metrics: Metrics, doing: Callable[[str], None], body: str) -> None:
    doing(body)
    before = psutil.Process().children()
    with pytest.raises(RefusalError, match=r"more than 1\.5 seconds") as caught:
        sandboxes(metrics, seconds=1.5).run("scenarios", b"")
    assert (caught.value.reason, caught.value.metadata) == ("LIMIT_EXCEEDED", {"limit": "sandbox-seconds"})
    assert kills(metrics, "seconds") == 1
    assert psutil.Process().children() == before


def test_too_much_memory(metrics: Metrics, doing: Callable[[str], None]) -> None:
    doing("return bytes(10**9)")
    with pytest.raises(RefusalError, match="more than 512 MiB") as caught:
        sandboxes(metrics).run("scenarios", b"")
    assert (caught.value.reason, caught.value.metadata) == ("LIMIT_EXCEEDED", {"limit": "sandbox-megabytes"})
    assert kills(metrics, "megabytes") == 1


def test_what_the_child_refuses_is_refused(metrics: Metrics, doing: Callable[[str], None]) -> None:
    doing('raise RollbookError(Reason.LIMIT_EXCEEDED, "Too long.", (Violation("a", "b", "c"),), remedy="Less.")')
    with pytest.raises(RollbookError, match=r"Too long\.") as caught:
        sandboxes(metrics).run("validate", b"")
    assert (caught.value.reason, caught.value.remedy) == ("LIMIT_EXCEEDED", "Less.")
    assert caught.value.violations[0].expected == "b"


@pytest.mark.parametrize("body", [f"int('{SECRET}')", "import os\nos.abort()", "import os\nos._exit(9)"])
def test_a_fault_is_told_without_its_text(metrics: Metrics, doing: Callable[[str], None], body: str) -> None:
    lines = io.StringIO()
    configure_logs("json", "info", lines)
    doing(body)
    with pytest.raises(SandboxFaultError) as caught:
        sandboxes(metrics).run("validate", SECRET.encode())
    assert SECRET not in str(caught.value) + lines.getvalue()
    assert ("ValueError" in lines.getvalue()) == body.startswith("int")


def test_a_caller_that_hangs_up_ends_the_child(metrics: Metrics, doing: Callable[[str], None]) -> None:
    doing("import signal\nsignal.pause()")
    with pytest.raises(ClientGoneError):
        sandboxes(metrics).run("validate", b"", lambda end: end())
    assert not kills(metrics, "seconds")


def test_the_child_can_use_its_limits_only(metrics: Metrics, doing: Callable[[str], None]) -> None:
    doing(
        "import os, resource, json\n"
        "which = resource.RLIMIT_CPU, resource.RLIMIT_AS, resource.RLIMIT_FSIZE\n"
        "limits = [resource.getrlimit(limit)[0] for limit in which]\n"
        "return json.dumps([limits, sorted(os.sched_getaffinity(0)), os.nice(0), sorted(os.environ)]).encode()"
    )
    answer = sandboxes(metrics).run("validate", b"").decode()
    assert answer.startswith(f"[[20, {512 * 1024 * 1024}, 0], {sorted(CORES)}, ")
    assert "ROLLBOOK" not in answer
