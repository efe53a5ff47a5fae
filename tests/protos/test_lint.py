"""The contract follows buf's STANDARD and COMMENTS rules, and lint sees what does not."""

from tests.protos.conftest import Workspace


def test_the_contract_is_clean(workspace: Workspace) -> None:
    found = workspace.buf("lint")
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")


def test_a_field_without_a_comment_fails(workspace: Workspace) -> None:
    workspace.edit(
        "decision.proto", "  string decision_id = 1;\n", "  string decision_id = 1;\n  string tenant = 900;\n"
    )
    found = workspace.buf("lint")
    assert found.returncode != 0
    assert '"tenant" should have a non-empty comment' in found.stdout
