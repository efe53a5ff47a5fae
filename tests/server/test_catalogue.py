"""Edits in the folder of rulesets: swapped in as a whole, refused when they are broken."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import grpc
import pytest

from engine.inference import Inference
from rollbook.v1 import problem_pb2, ruleset_pb2
from rollbook.v1.ruleset_service_pb2 import GetRulesetRequest, ListRulesetsRequest
from server.errors import RefusalError
from server.logs import configure_logs
from server.sandboxes import Sandboxes
from tests.server.running import MARKS, NAME, Folder, Running, error_of

FEW = {"enrollment": {"instructional_days": 3}, "student": {"foster_youth": False}}
LENIENT = MARKS.replace("2018-08-03: 15", "2018-08-03: 2")
BROKEN = MARKS.replace("student.foster_youth\n", "student.foster_yuth\n")


@pytest.fixture
def watching(run: Callable[..., Running]) -> Running:
    return run(watch=True, reload_settle_seconds=0.1)


def states(server: Running) -> dict[str, tuple[int, list[str]]]:
    reply = server.rulesets.ListRulesets(ListRulesetsRequest(), timeout=20)
    return {ruleset.name: (ruleset.state, [problem.code for problem in ruleset.problems]) for ruleset in reply.rulesets}


def after(server: Running, edit: Callable[[], object]) -> None:
    """Makes an edit and waits until the server has taken it up, or refused it."""
    catalogue = server.server.catalogue
    before = catalogue.readings
    edit()
    assert catalogue.wait_for_reading(before + 1, 60)


def sample(server: Running, name: str, **labels: str) -> float | None:
    return server.server.metrics.registry.get_sample_value(name, labels)


def test_an_edit_is_taken_up(watching: Running, folder: Folder) -> None:
    assert watching.decide(FEW).outcome == "withhold"
    version = watching.decide(FEW).versions.rulesets[0].version
    after(watching, lambda: folder.write("demo/marks", LENIENT))
    decision = watching.decide(FEW)
    assert decision.outcome == "assign"
    assert decision.versions.rulesets[0].version != version
    assert sample(watching, "rollbook_reloads_total", result="swapped") == 1


def test_a_broken_edit_is_refused_while_the_last_good_version_serves(watching: Running, folder: Folder) -> None:
    lines = io.StringIO()
    configure_logs("json", "info", lines)
    after(watching, lambda: folder.write("demo/marks", BROKEN))
    assert watching.decide(FEW).outcome == "withhold"
    state, problems = states(watching)[NAME]
    assert state == ruleset_pb2.RULESET_STATE_SERVING
    assert "unknown-entry" in problems
    assert "foster_yuth" in lines.getvalue()
    assert sample(watching, "rollbook_rulesets", state="stale") == 1
    after(watching, lambda: folder.write("demo/marks", LENIENT))
    assert watching.decide(FEW).outcome == "assign"
    assert "unknown-entry" not in states(watching)[NAME][1]


def test_rulesets_come_and_go(watching: Running, folder: Folder) -> None:
    after(watching, lambda: folder.write("demo/other", MARKS.replace("demo/marks", "demo/other")))
    assert watching.decide(FEW, rulesets=("rulesets/demo/other",)).outcome == "withhold"
    after(watching, (folder.path / "demo/other/ruleset.yaml").unlink)
    with pytest.raises(grpc.RpcError) as caught:
        watching.decide(FEW, rulesets=("rulesets/demo/other",))
    assert error_of(caught.value).reason == "UNKNOWN_RULESET"


def test_a_ruleset_broken_at_start_answers_so_while_others_serve(folder: Folder, run: Callable[..., Running]) -> None:
    folder.write("demo/broken", BROKEN.replace("demo/marks", "demo/broken"))
    server = run()
    assert server.decide(FEW).outcome == "withhold"
    with pytest.raises(grpc.RpcError) as caught:
        server.decide(FEW, rulesets=("rulesets/demo/broken",))
    error = error_of(caught.value)
    assert (error.code, error.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "RULESET_INVALID")
    assert dict(error.info.metadata) == {"ruleset": "rulesets/demo/broken"}
    broken = server.rulesets.GetRuleset(GetRulesetRequest(name="rulesets/demo/broken"), timeout=20)
    assert broken.state == ruleset_pb2.RULESET_STATE_INVALID
    assert [problem.code for problem in broken.problems if problem.severity == problem_pb2.SEVERITY_ERROR] == [
        "unknown-entry"
    ]
    assert server.serving()


def test_what_did_not_change_keeps_its_engine(
    watching: Running, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Inference, "fill", lambda *_: pytest.fail("a network of durable-rules was built"))
    engine = watching.server.catalogue.snapshot().get("demo/marks").loaded.engine
    after(watching, lambda: folder.write("demo/marks", "# a comment changes no version\n" + MARKS))
    assert watching.server.catalogue.snapshot().get("demo/marks").loaded.text.startswith("# a comment")
    assert watching.server.catalogue.snapshot().get("demo/marks").loaded.engine is engine
    assert sample(watching, "rollbook_reloads_total", result="unchanged") == 1


def test_an_edit_that_brings_the_child_process_down_changes_nothing(
    watching: Running, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def out_of_time(*_: object) -> bytes:
        raise RefusalError("LIMIT_EXCEEDED", "It takes too long.")

    monkeypatch.setattr(Sandboxes, "run", out_of_time)
    after(watching, lambda: folder.write("demo/marks", LENIENT))
    assert watching.decide(FEW).outcome == "withhold"
    assert sample(watching, "rollbook_reloads_total", result="refused") == 1


def test_a_folder_without_rulesets_serves_none(tmp_path: Path) -> None:
    with Running(Folder(tmp_path / "empty").path) as server:
        assert server.serving()
        assert states(server) == {}
