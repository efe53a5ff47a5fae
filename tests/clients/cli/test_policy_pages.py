"""The policy pages say what the rulesets say now."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from clients.cli.main import app
from engine.rulesets.checked import CheckedRuleset
from engine.rulesets.neighbours import Neighbours

ROOT = Path(__file__).parents[3]


def test_the_pages_are_current() -> None:
    result = CliRunner().invoke(
        app, ["docs", "--check", "--rulesets", str(ROOT / "rulesets"), "--out", str(ROOT / "docs" / "policies")]
    )
    assert result.exit_code == 0, result.output


def test_a_page_says_every_rule_with_its_citation(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["docs", "--rulesets", str(ROOT / "rulesets"), "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    page = (tmp_path / "lausd" / "grade-marking.md").read_text(encoding="utf-8")
    ruleset = Neighbours(ROOT / "rulesets").find("lausd/grade-marking")
    assert isinstance(ruleset, CheckedRuleset)
    for rule in ruleset.rules.values():
        assert f"### {rule.id}" in page
        assert all(section in page for section in rule.cites)


def test_old_and_left_over_pages_are_found_and_mended(tmp_path: Path) -> None:
    arguments = ["docs", "--rulesets", str(ROOT / "rulesets"), "--out", str(tmp_path)]
    CliRunner().invoke(app, arguments)
    with (tmp_path / "index.md").open("a", encoding="utf-8") as page:
        page.write("old")
    (tmp_path / "gone.md").write_text((tmp_path / "lausd" / "grade-marking.md").read_text("utf-8"), encoding="utf-8")
    (tmp_path / "own.md").write_text("A page that somebody wrote.", encoding="utf-8")
    found = CliRunner().invoke(app, [*arguments, "--check"])
    assert found.exit_code == 1
    assert "index.md: not what the ruleset says now" in found.output
    assert "gone.md: of no ruleset" in found.output
    assert "own.md" not in found.output
    assert CliRunner().invoke(app, arguments).exit_code == 0
    assert not (tmp_path / "gone.md").exists()
    assert (tmp_path / "own.md").exists()
    assert CliRunner().invoke(app, [*arguments, "--check"]).exit_code == 0


def test_a_page_that_somebody_wrote_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "index.md").write_text("Our own.", encoding="utf-8")
    result = CliRunner().invoke(app, ["docs", "--rulesets", str(ROOT / "rulesets"), "--out", str(tmp_path)])
    assert result.exit_code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["index.md"]
    assert (tmp_path / "index.md").read_text(encoding="utf-8") == "Our own."
