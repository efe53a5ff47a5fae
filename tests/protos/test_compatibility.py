"""buf refuses what would break a client of the last release, and lets the contract grow."""

import pytest

from tests.protos.conftest import Workspace

AGAINST = ("breaking", "protos", "--against", "protos/released.binpb")


def test_the_contract_keeps_the_last_release(workspace: Workspace) -> None:
    found = workspace.buf(*AGAINST)
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("file", "old", "new", "finding"),
    [
        pytest.param("decision.proto", "  string decision_id = 1;\n", "", "was deleted", id="a field removed"),
        pytest.param("decision.proto", "string outcome = 10;", "string outcome = 30;", "was deleted", id="renumbered"),
        pytest.param("decision.proto", "bool complete = 16;", "string complete = 16;", "type", id="another type"),
        pytest.param("decision.proto", "  MODE_TRY = 2;\n", "  MODE_TRIAL = 2;\n", "MODE_TRY", id="a value renamed"),
        pytest.param("errors.proto", "  ERROR_REASON_TOO_LARGE = 4;\n", "", 'value "4"', id="an error reason removed"),
        pytest.param(
            "decision_service.proto",
            "  rpc Explain(ExplainRequest) returns (ExplainResponse);\n",
            "",
            "Explain",
            id="a call removed",
        ),
        pytest.param(
            "decision.proto",
            'java_package = "rollbook.v1"',
            'java_package = "other"',
            "java_package",
            id="java package",
        ),
    ],
)
def test_a_breaking_change_fails(workspace: Workspace, file: str, old: str, new: str, finding: str) -> None:
    workspace.edit(file, old, new)
    found = workspace.buf(*AGAINST)
    assert found.returncode != 0
    assert finding in found.stdout, found.stdout + found.stderr


def test_a_new_field_passes(workspace: Workspace) -> None:
    workspace.edit(
        "decision.proto",
        "  string decision_id = 1;\n",
        "  string decision_id = 1;\n\n  // New.\n  string tenant = 900;\n",
    )
    found = workspace.buf(*AGAINST)
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")
