"""What a ruleset declares as the contract describes it: facts, parameters, rules, actions, deadlines, tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from engine.calendars.calendar import Days
from engine.feel.checked import Checked
from engine.rulesets.checked import (
    CheckedDeadline,
    CheckedEach,
    CheckedLength,
    CheckedRule,
    CheckedRuleset,
    Message,
    MessagePath,
)
from engine.rulesets.documents import Authority, Hit, Reference, Table
from engine.rulesets.facts import Fact, FactGroup, FactKind, FactList, FactNode
from engine.rulesets.pipe_tables import read_pipe_table
from rollbook.v1 import declarations_pb2 as pb
from rollbook.v1 import obligation_pb2
from rollbook.v1.ruleset_pb2 import Ruleset
from server.citations import citations, date_message
from server.json_values import json_text

__all__ = ["declare"]

_KINDS: Final[Mapping[FactKind, pb.FactType.ValueType]] = {
    "string": pb.FACT_TYPE_STRING,
    "integer": pb.FACT_TYPE_INTEGER,
    "decimal": pb.FACT_TYPE_DECIMAL,
    "boolean": pb.FACT_TYPE_BOOLEAN,
    "date": pb.FACT_TYPE_DATE,
    "date-time": pb.FACT_TYPE_DATE_TIME,
    "days-duration": pb.FACT_TYPE_DAYS_DURATION,
    "months-duration": pb.FACT_TYPE_MONTHS_DURATION,
    "event": pb.FACT_TYPE_EVENT,
}
_FORCES: Final[Mapping[str, obligation_pb2.Force.ValueType]] = {
    "must": obligation_pb2.FORCE_MUST,
    "should": obligation_pb2.FORCE_SHOULD,
    "may": obligation_pb2.FORCE_MAY,
}
_DAYS: Final[Mapping[Days, pb.DayKind.ValueType]] = {
    Days.CALENDAR: pb.DAY_KIND_CALENDAR,
    Days.SCHOOL: pb.DAY_KIND_SCHOOL,
    Days.BUSINESS: pb.DAY_KIND_BUSINESS,
}
_HITS: Final[Mapping[Hit, pb.HitPolicy.ValueType]] = {
    "unique": pb.HIT_POLICY_UNIQUE,
    "first": pb.HIT_POLICY_FIRST,
}


def declare(message: Ruleset, checked: CheckedRuleset) -> None:
    """Fills in all that the ruleset declares, in the order of its document."""
    document = checked.document
    authority = document.authority
    message.facts.extend(_facts(checked.facts))
    for name, parameter in checked.parameters.items():
        declared = document.parameters[name]
        described = message.parameters.add(name=name, means=declared.means or "")
        described.citations.extend(citations(declared.cites.sections, authority))
        for day, value in parameter.values:
            from_ = getattr(described.values.add(value_json=json_text(value)), "from")
            from_.CopyFrom(date_message(day))
    message.rules.extend(_rule(rule, checked) for rule in checked.rules.values())
    for id_, action in document.actions.items():
        force = _FORCES[action.force]
        message.actions.add(action=id_, text=action.text, by=action.by, to=action.to or "", force=force)
    for deadline in checked.deadlines.values():
        means = document.deadlines[deadline.name].means or ""
        message.deadlines.append(_deadline(deadline, means, authority))
    for name, table in document.tables.items():
        message.tables.append(_table(name, table, _HITS[table.hit], table.inputs, table.outputs, authority))
    for name, reference in document.reference.items():
        message.tables.append(_table(name, reference, pb.HIT_POLICY_LIST, {}, reference.columns, authority))


def _facts(node: FactNode) -> Iterator[pb.Fact]:
    """The node and everything below it, in the order of the document; the root itself is left out."""
    match node:
        case FactGroup():
            if node.path and not node.path.endswith("[]"):
                yield pb.Fact(path=node.path, type=pb.FACT_TYPE_GROUP, means=node.means)
            for entry in node.entries.values():
                yield from _facts(entry)
        case FactList():
            item = node.element
            described = _fact(item) if isinstance(item, Fact) else pb.Fact(type=pb.FACT_TYPE_GROUP)
            described.path, described.is_list = node.path, True
            described.means = node.means or described.means
            described.deprecated = bool(node.deprecated) or described.deprecated
            yield described
            if not isinstance(item, Fact):
                yield from _facts(item)
        case Fact():
            yield _fact(node)


def _fact(fact: Fact) -> pb.Fact:
    return pb.Fact(
        path=fact.path,
        type=_KINDS[fact.kind],
        means=fact.means,
        none_means=fact.none or "",
        choices=fact.choices,
        places=fact.places or 0,
        deprecated=bool(fact.deprecated),
        judged_by=fact.judged_by,
        considers=fact.considers,
    )


def _rule(rule: CheckedRule, checked: CheckedRuleset) -> pb.Rule:
    return pb.Rule(
        rule=rule.id,
        citations=citations(rule.cites, checked.document.authority),
        when=rule.premise.source,
        outcome=rule.outcome or "",
        because=_message(rule.because),
        given=rule.given,
        exception_to=rule.exception_to,
        defeats=rule.defeats,
    )


def _message(message: Message) -> str:
    return "".join(f"{{{part.text}}}" if isinstance(part, MessagePath) else part for part in message.parts)


def _deadline(deadline: CheckedDeadline, means: str, authority: Authority | None) -> pb.DeclaredDeadline:
    message = pb.DeclaredDeadline(
        name=deadline.name,
        means=means,
        citations=citations(deadline.cites, authority),
        each=_each(deadline.each),
        starts=deadline.starts.source,
        length=_days(deadline.length),
        due=_source(deadline.due),
        waived=_source(deadline.waived),
        met=_source(deadline.met),
        soon=_days(deadline.soon),
    )
    if (pause := deadline.paused) is not None:
        message.paused.each = _each(pause.each)
        setattr(message.paused, "from", pause.from_.source)
        message.paused.until = pause.until.source
        message.paused.citations.extend(citations(pause.cites, authority))
    return message


def _each(each: CheckedEach | None) -> str:
    return f"{each.name} in {each.list.source}" if each is not None else ""


def _source(checked: Checked | None) -> str:
    return checked.source if checked is not None else ""


def _days(length: CheckedLength | None) -> pb.DayCount | None:
    return pb.DayCount(count=length.count.source, days=_DAYS[length.days]) if length is not None else None


def _table(
    name: str,
    declared: Table | Reference,
    hit: pb.HitPolicy.ValueType,
    inputs: Mapping[str, str],
    types: Mapping[str, str],
    authority: Authority | None,
) -> pb.Table:
    table = read_pipe_table(declared.rows)
    columns = [column.text for column in table.columns]
    return pb.Table(
        name=name,
        means=declared.means or "",
        citations=citations(declared.cites.sections, authority),
        hit=hit,
        columns=[pb.TableColumn(name=one, input=inputs.get(one, ""), type=types.get(one, "")) for one in columns],
        rows=[pb.TableRow(cells=[row.cells[column].text for column in columns]) for row in table.rows],
    )
