"""Random rulesets as documents: acyclic, small ones mostly, now and then a large component."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import date
from random import Random
from typing import Any, Final

from tests.properties.making_cases import DAYS
from tests.properties.making_deadlines import make_deadlines
from tests.properties.making_expressions import Writer
from tests.properties.making_facts import FactsMade, make_facts
from tests.properties.making_links import make_links
from tests.properties.making_scopes import Items, Scope, Variable
from tests.properties.making_tables import make_rule_table, make_value_table

__all__ = ["RulesetMade", "as_yaml", "make_ruleset"]

_OUTCOMES: Final = ("deny", "review", "ask", "warn", "allow")
_CODES: Final = ("a-1", "a-2", "b-1")
_SIZES: Final = {"small": (2, 6), "medium": (6, 10), "large": (11, 16)}


@dataclass
class RulesetMade:
    """A ruleset as a document, and the facts that cases of it are made of."""

    document: dict[str, Any]
    facts: FactsMade

    @property
    def text(self) -> str:
        """The document as YAML."""
        return as_yaml(self.document)


def as_yaml(value: Any, indent: str = "") -> str:
    """A document as YAML in flow style: JSON, but for days, which are written bare."""
    deeper = indent + " "
    if isinstance(value, dict):
        inner = [f"{deeper}{json.dumps(key)}: {as_yaml(item, deeper)}" for key, item in value.items()]
        return "{\n" + ",\n".join(inner) + "\n" + indent + "}" if inner else "{}"
    if isinstance(value, list):
        return "[" + ", ".join(as_yaml(item, deeper) for item in value) + "]"
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


def make_ruleset(random: Random, name: str, size: str = "", *, in_sql: bool = False) -> RulesetMade:
    """A ruleset of a random size, or of the `size` wanted: `small`, `medium` or `large`.

    With `in_sql` its facts are of kinds that SQL reads.
    """
    size = size or random.choices(("small", "medium", "large"), (78, 15, 7))[0]
    return _Making(random, name, size, in_sql).ruleset()


@dataclass
class _Making:
    random: Random
    name: str
    size: str
    in_sql: bool = False
    document: dict[str, Any] = field(default_factory=dict)
    scope: Scope = field(default_factory=Scope)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    @property
    def writer(self) -> Writer:
        return Writer(self.random, self.scope)

    def ruleset(self) -> RulesetMade:
        random = self.random
        count = random.randint(*_SIZES[self.size])
        facts = make_facts(random, min(count + random.randint(1, 5), 16), in_sql=self.in_sql)
        self.document = {
            "ruleset": f"random/{self.name}",
            "title": f"Random ruleset {self.name}",
            "facts": facts.declarations(),
            "outcomes": list(_OUTCOMES[: random.randint(2, 5)]),
        }
        if self.chance(0.5):
            self.document["time_zone"] = "America/Los_Angeles"
        for leaf in facts.single():
            self.scope.add_leaf(leaf)
        for listing in facts.lists:
            self.scope.add_listing(listing)
        self._parameters()
        self._reference()
        self._values()
        if deadlines := make_deadlines(self.random, self.scope):
            self.document["deadlines"] = deadlines
        self._results()
        self.document["actions"] = {
            "send-letter": {"by": "school", "to": "parent", "text": "Send the letter"},
            "hold-meeting": {"by": "school", "force": "should", "text": "Hold a meeting"},
        }
        self._rules(count)
        self._outcomes()
        return RulesetMade(self.document, facts)

    # What rules read

    def _parameters(self) -> None:
        parameters: dict[str, Any] = {}
        for name in self.random.sample(("minimum", "limit", "cutoff", "codes_used"), self.random.randint(0, 3)):
            days = sorted(self.random.sample(DAYS[1:9], self.random.randint(0, 2)))
            if self.chance(0.75) or not days:
                days = [DAYS[0], *days]
            parameters[name] = {"from": {day.isoformat(): self._parameter(name) for day in days}}
        if "cutoff" in parameters:
            self.scope.variables.append(Variable("cutoff", "date"))
        if "codes_used" in parameters:
            self.scope.lists.append(Items("codes_used", item=Variable("", "string")))
        for name in parameters.keys() & {"minimum", "limit"}:
            self.scope.variables.append(Variable(name, "number"))
        if parameters:
            self.document["parameters"] = parameters

    def _parameter(self, name: str) -> Any:
        if name == "cutoff":
            return self.random.choice(DAYS)
        if name == "codes_used":
            return self.random.sample(("math", "ela", "art"), 2)
        return self.random.choice((0, 1, 2, 3, 4, 15, 2.5))

    def _reference(self) -> None:
        if not self.chance(0.2):
            return
        rows = "code | weight | last_day\nmath | 1 | 2019-01-31\nela | 2 | 2019-03-01\nart | 3.5 | 2019-01-01\n"
        self.document["reference"] = {
            "codes": {"columns": {"code": "string", "weight": "decimal", "last_day": "date"}, "rows": rows}
        }
        entries = (Variable("code", "string", choices=("math", "ela", "art")), Variable("weight", "number"))
        self.scope.lists.append(Items("codes", (*entries, Variable("last_day", "date"))))

    def _values(self) -> None:
        """Values and value tables, each over those before it."""
        values: dict[str, Any] = {}
        tables: dict[str, Any] = {}
        for place in range(self.random.choice((0, 1, 1, 2, 2, 3))):
            name = f"value_{place}"
            if self.chance(0.3):
                table, variables = make_value_table(self.random, self.scope, f"table_{place}")
                if table is not None:
                    tables[f"table_{place}"] = table
                    self.scope.variables.extend([*variables, *variables])
                    continue
            variable, text = self._value(name)
            values[name] = text if self.chance(0.7) else {"is": text, "means": "A value"}
            self.scope.variables.extend([variable, variable])
        if values:
            self.document["values"] = values
        if tables:
            self.document["tables"] = tables

    def _value(self, name: str) -> tuple[Variable, str]:
        type_ = self.random.choice(("boolean", "boolean", "number", "date", "string", "days", "months"))
        match type_:
            case "boolean":
                return Variable(name, "boolean"), self.writer.boolean(2)
            case "number":
                return Variable(name, "number"), self.writer.number(2)
            case "date":
                return Variable(name, "date"), self.writer.date(2)
            case "days":
                return Variable(name, "days-duration"), self.writer.days()
            case "months":
                return Variable(name, "months-duration"), self.writer.months()
            case _:
                return Variable(name, "string"), self.writer.string()

    # What rules give

    def _results(self) -> None:
        possible: dict[str, Any] = {
            "code": {"type": "string", "one_of": list(_CODES)},
            "note": {"type": "string"},
            "left": {"type": "decimal"},
            "until": {"type": "date"},
            "flag": {"type": "boolean"},
            "marks": {"list_of": "string", "merge": "union"},
            "weeks": {"list_of": "date", "merge": "union"},
        }
        names = self.random.sample(sorted(possible), self.random.randint(0, 4))
        self.results = {name: possible[name] for name in names}
        if self.results:
            self.document["results"] = self.results
        self.free = [name for name in names if "merge" not in possible[name]]

    def _result(self, name: str) -> str:
        match name:
            case "code":
                return f'"{self.random.choice(_CODES)}"'
            case "note":
                return self.writer.string()
            case "left":
                return self.writer.number(1)
            case "until":
                return self.writer.date(1)
            case "flag":
                return self.writer.boolean(1)
            case "marks":
                return self.writer.strings() if self.chance(0.6) else self.writer.string()
            case _:
                return self.writer.dates() if self.chance(0.6) else self.writer.date(0)

    # Rules

    def _rules(self, count: int) -> None:
        ids = [f"rule-{place}" for place in range(count)]
        table_rows: list[str] = []
        if self.chance(0.15):
            table, rows = make_rule_table(self.random, self.scope, self.document["outcomes"])
            if table is not None:
                self.document.setdefault("tables", {})["rows_of"] = table
                table_rows = [f"rows_of/{row}" for row in rows]
        links = make_links(self.random, ids, self.size)
        for row in table_rows:
            links.add(self.random.choice(ids), self.random.choice(("given", "exception_to", "defeats")), row)
        rules: dict[str, Any] = {}
        for rule in ids:
            rules[rule] = self._rule(likely=links.in_chain(rule))
            for kind in ("given", "exception_to", "defeats"):
                if named := links.of(rule, kind):
                    rules[rule][kind] = named
        names = list(rules)
        self.random.shuffle(names)
        self.document["rules"] = {name: rules[name] for name in names}

    def _rule(self, *, likely: bool) -> dict[str, Any]:
        """A rule without links; `likely`: with a premise that is true more often than not."""
        rule: dict[str, Any] = {"cites": self.random.choice(("I.A", "I.B, II", "III; IV.c"))}
        seen = len(self.scope.variables)
        listed = [items for items in self.scope.lists if items.entries and items.text != "codes"]
        each = bool(listed) and self.chance(0.15)
        if each:
            items = self.random.choice(listed)
            rule["each"] = f"one in {self.writer.filtered(items) if self.chance(0.3) else items.text}"
            variables = [replace(entry, text=f"one.{entry.text}") for entry in items.entries]
            self.scope.variables.extend([*variables, *variables, *variables])
        depth = self.random.choice((0, 0, 1, 1, 2, 3) if self.size == "small" else (0, 0, 1))
        premises = [self.writer.boolean(depth), *(self.writer.test() for _ in range(3 * likely))]
        rule["when"] = " or ".join(premises)
        if self.chance(0.75):
            rule["outcome"] = self.random.choice(self.document["outcomes"])
        results = {
            name: self._result(name)
            for name in self.results
            if (name in self.free or "merge" in self.results[name]) and self.chance(0.35)
        }
        results = {name: text for name, text in results.items() if not each or "merge" in self.results[name]}
        self.free = [name for name in self.free if name not in results]
        if results:
            rule["results"] = results
        if self.chance(0.6):
            rule["because"] = self._message()
        if self.chance(0.3):
            rule["obliges"] = [self._obligation() for _ in range(self.random.choice((1, 1, 2)))]
        del self.scope.variables[seen:]
        return rule

    def _message(self) -> str:
        names = [one.text for one in self.scope.variables] + [items.text for items in self.scope.lists if items.item]
        names += [f"{items.text}.{entry.text}" for items in self.scope.lists for entry in items.entries]
        paths = [f"{{{self.random.choice(names)}}}" for _ in range(self.random.choice((0, 1, 1, 2)))] if names else []
        return " ".join(["Because of", *paths, "it is so."])

    def _obligation(self) -> dict[str, Any]:
        action = self.random.choice(("send-letter", "hold-meeting"))
        return {"action": action, "due": self.writer.date(1)} if self.chance(0.6) else {"action": action}

    def _outcomes(self) -> None:
        outcomes = self.document["outcomes"]
        if self.chance(0.8):
            default = outcomes[-1] if self.chance(0.8) else self.random.choice(outcomes)
            self.document["default"] = {"outcome": default, "because": self._message()}
        if self.chance(0.2):
            self.document["applies"] = {
                "when": self.writer.boolean(1),
                "otherwise": self.random.choice(outcomes),
                "cites": "I.C",
                "because": self._message(),
            }
        if self.chance(0.15):
            condition = f"({self.writer.test()} or {self.writer.test()} or {self.writer.test()})"
            self.document["expects"] = [{"that": condition, "otherwise": self._message()}]
