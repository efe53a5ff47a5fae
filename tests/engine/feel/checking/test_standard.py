"""Outside rulesets: names are bound as the standard says, and nothing else is refused."""

from __future__ import annotations

import pytest

from engine.feel.checked import Checked, Reference
from engine.feel.checker import check
from engine.feel.errors import FeelError
from engine.feel.parser import parse
from engine.feel.syntax import Filter, Name
from engine.feel.types import ANY, NUMBER, STRING, ContextType, FunctionType, ListType, Type


def read(text: str, scope: dict[str, Type] | None = None) -> Checked:
    return check(parse(text, scope or {}), scope or {}, source=text, strict=False)


def meanings(found: Checked, name: str) -> list[Reference]:
    return [reference for node, reference in found.references.items() if isinstance(node, Name) and node.name == name]


@pytest.mark.parametrize(
    "text",
    [
        '1 + "a"',
        "null.a.b[1]",
        'if 1 then "a" else 2',
        '[1, "a", null]',
        "function(a, b) a + b",
        "{f: function(a) a, r: f(1)}.r",
        "for i in 1..3 return count(partial)",
        "count(1, 2, 3)",
        "count",
        '@"nonsense"',
        "5 in (1, ? > 3)",
        "1 instance of number",
        "[1..null]",
    ],
)
def test_takes_what_rulesets_refuse(text: str) -> None:
    read(text)


@pytest.mark.parametrize(
    ("text", "name"), [("a + 1", "a"), ("frob(1)", "frob"), ("item", "item"), ("[1, 2][a > 1]", "a")]
)
def test_refuses_names_that_there_are_not(text: str, name: str) -> None:
    with pytest.raises(FeelError, match=f"There is no `{name}` here") as caught:
        read(text)
    assert caught.value.code == "unknown-name"


def test_guesses_what_was_meant() -> None:
    with pytest.raises(FeelError, match="Did you mean `amount`"):
        read("amuont + 1", {"amount": NUMBER})


def test_an_entry_of_a_known_item_wins_over_a_name_of_the_scope() -> None:
    found = read("[{a: 1, b: 2}][a > c]", {"a": NUMBER, "c": NUMBER})
    assert isinstance(found.root, Filter)
    assert meanings(found, "a") == [Reference("item", "a", found.root)]
    assert meanings(found, "c") == [Reference("dynamic", "c", found.root, Reference("scope", "c"))]


def test_items_of_unknown_type_are_asked_when_evaluated() -> None:
    found = read("xs[a > 1]", {"xs": ANY, "a": NUMBER})
    assert meanings(found, "a") == [Reference("dynamic", "a", found.root, Reference("scope", "a"))]
    alone = read("xs[b > 1]", {"xs": ANY})
    assert meanings(alone, "b") == [Reference("dynamic", "b", alone.root)]


def test_filters_within_filters_ask_the_inner_item_first() -> None:
    found = read("xs[count(ys[a > 1]) > 0]", {"xs": ANY, "ys": ANY})
    outer = found.root
    (meaning,) = meanings(found, "a")
    assert meaning.kind == "dynamic"
    assert meaning.outer == Reference("dynamic", "a", outer)
    assert isinstance(meaning.node, Filter)
    assert meaning.node is not outer


def test_items_that_are_no_contexts_have_no_entries() -> None:
    found = read("[1, 2][item > a]", {"a": NUMBER})
    assert meanings(found, "a") == [Reference("scope", "a")]
    assert meanings(found, "item") == [Reference("local", "item", found.root)]


def test_a_function_of_the_scope_hides_the_built_in_of_its_name() -> None:
    function = FunctionType((NUMBER,), NUMBER)
    assert meanings(read("count(1)", {"count": function}), "count") == [Reference("scope", "count")]
    assert meanings(read("count([1])", {"count": NUMBER}), "count") == [Reference("builtin", "count")]
    assert meanings(read("xs[count(a) > 1]", {"xs": ANY}), "count") == [Reference("builtin", "count")]


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ('"a"', STRING),
        ("[1, 2]", ListType(NUMBER)),
        ('[1, "a"]', ListType(ANY)),
        ("{a: 1}", ContextType({"a": NUMBER})),
        ("1 + 1", ANY),
        ("xs[1]", ANY),
    ],
)
def test_only_sure_types_are_given(text: str, type_: Type) -> None:
    assert read(text, {"xs": ListType(NUMBER)}).type == type_


def test_what_the_scope_declares_may_still_be_none() -> None:
    assert read("a", {"a": NUMBER}).type.optional
    assert read("a.b", {"a": ContextType({"b": NUMBER})}).type.optional
