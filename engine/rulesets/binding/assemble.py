"""From a document that fits its model to a ruleset that evaluators can read."""

from __future__ import annotations

from types import MappingProxyType

from engine.feel.checker import always
from engine.feel.types import BOOLEAN, DATE
from engine.rulesets.binding.cover import check_cover
from engine.rulesets.binding.drafts import drafts_of_rules
from engine.rulesets.binding.facts import FactBinder
from engine.rulesets.binding.head import check_head, check_not_served
from engine.rulesets.binding.links import check_links, check_never
from engine.rulesets.binding.lists import ReferenceBinder, bind_parameters
from engine.rulesets.binding.messages import bind_message
from engine.rulesets.binding.names import check_names
from engine.rulesets.binding.results import ResultBinder
from engine.rulesets.binding.rows import drafts_of_rows
from engine.rulesets.binding.rules import RuleBinder, check_outcome
from engine.rulesets.binding.sections import check_sections
from engine.rulesets.binding.tables import TableBinder
from engine.rulesets.binding.unused import check_unused
from engine.rulesets.binding.values import bind_values
from engine.rulesets.binding.workbench import Want, Workbench
from engine.rulesets.canonical import version
from engine.rulesets.checked import CheckedApplies, CheckedDefault, CheckedExpectation, CheckedRuleset
from engine.rulesets.facts import FactGroup, FactList, FactNode, feel_type
from engine.rulesets.findings import Path
from engine.rulesets.places import Places

__all__ = ["assemble"]


def assemble(bench: Workbench) -> CheckedRuleset | None:
    """The ruleset, or None when an error was found; every finding goes to the workbench."""
    document = bench.document
    check_head(bench)
    check_not_served(bench)
    check_names(bench)
    lists = ReferenceBinder(bench)
    choosing = lists.choosing()
    facts = FactBinder(bench, choosing)
    root = facts.resolve()
    _open_scope(bench, root)
    parameters = bind_parameters(bench)
    references = lists.bind(facts)
    tables = TableBinder(bench, facts)
    values, value_tables, deadlines, order = bind_values(bench, tables)
    results = ResultBinder(bench, choosing)
    expects = _expects(bench)
    applies = _applies(bench)
    default = _default(bench)
    drafts = (*drafts_of_rows(bench, tables, results), *drafts_of_rules(bench))
    rules = RuleBinder(bench, drafts, results, root).bind()
    results.check_conflicts(rules, drafts)
    check_links(bench, rules, drafts)
    check_sections(bench, tables, drafts)
    if bench.findings.has_errors:
        return None
    if not check_cover(bench, tables, value_tables, root):
        return None
    check_never(bench, rules, drafts, root)
    check_unused(bench, root, drafts)
    return CheckedRuleset(
        document=document,
        version=version(document),
        facts=root,
        scope=MappingProxyType(dict(bench.scope)),
        parameters=parameters,
        references=references,
        values=values,
        tables=value_tables,
        deadlines=deadlines,
        order=order,
        rules=rules,
        outcomes=document.outcomes,
        default=default,
        applies=applies,
        expects=expects,
        results=MappingProxyType(dict(document.results)),
        result_types=MappingProxyType(results.types),
        borrowed=MappingProxyType(bench.borrowed),
        places=Places(bench.source.document, MappingProxyType(bench.checked)),
    )


def _open_scope(bench: Workbench, root: FactGroup) -> None:
    """The names that are there before anything is worked out."""
    bench.scope["as_of"] = DATE
    bench.scope["rules_as_of"] = DATE
    for name, node in root.entries.items():
        if name not in bench.unjudged:
            bench.scope[name] = feel_type(node)
    _deprecate(bench, root, "")


def _deprecate(bench: Workbench, node: FactNode, why: str) -> None:
    if isinstance(node, FactGroup):
        for entry in node.entries.values():
            _deprecate(bench, entry, why)
        return
    why = node.deprecated or why
    if why:
        bench.deprecated[node.path] = why
    if isinstance(node, FactList):
        _deprecate(bench, node.element, why)


def _expects(bench: Workbench) -> tuple[CheckedExpectation, ...]:
    found = []
    for position in range(len(bench.document.expects)):
        path: Path = ("expects", position)
        text = bench.text((*path, "that"))
        that = bench.compiled(text, Want(BOOLEAN, "What is expected"))
        otherwise = bind_message(bench, bench.text((*path, "otherwise")))
        if that is None:
            continue
        if always(that) is False:
            place = text.position(bench.source, 0)
            message = "This can never be true, so every case would be refused."
            bench.findings.warning(place, path, "never-holds", message)
        found.append(CheckedExpectation(that, otherwise, position))
    return tuple(found)


def _applies(bench: Workbench) -> CheckedApplies | None:
    applies = bench.document.applies
    if applies is None:
        return None
    when = bench.compiled(bench.text(("applies", "when")), Want(BOOLEAN, "What a ruleset applies to"))
    check_outcome(bench, bench.text(("applies", "otherwise")))
    because = bind_message(bench, bench.text(("applies", "because")))
    return None if when is None else CheckedApplies(when, applies.otherwise, applies.cites.sections, because)


def _default(bench: Workbench) -> CheckedDefault | None:
    default = bench.document.default
    if default is None:
        return None
    check_outcome(bench, bench.text(("default", "outcome")))
    because = bind_message(bench, bench.text(("default", "because")))
    return CheckedDefault(default.outcome, default.cites.sections, because)
