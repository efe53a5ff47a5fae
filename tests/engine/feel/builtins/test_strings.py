from __future__ import annotations

from typing import Any

import pytest

from engine.feel.errors import FeelBudgetError
from engine.feel.run import MAX_ITEMS, MAX_TEXT
from tests.engine.feel.builtins.calling import called


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("foobar", 3), "obar"),
        (("foobar", 3, 3), "oba"),
        (("foobar", -2, 1), "a"),
        (("foobar", -6, 6), "foobar"),
        (("foobar", 3, 99), "obar"),
        (("foobar", 0), None),
        (("foobar", 7), None),
        (("foobar", -7), None),
        (("foobar", 1, 0), None),
        (("foobar", 1, None), None),
        (("🐎🐎x", 2), "🐎x"),
        ((1, 1), None),
    ],
)
def test_substring(arguments: tuple[Any, ...], expected: object) -> None:
    assert called("substring", *arguments) == expected


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("string length", ("🐎!",), 2),
        ("upper case", ("straße",), "STRASSE"),
        ("lower case", ("ABC4",), "abc4"),
        ("substring before", ("foobar", "bar"), "foo"),
        ("substring before", ("foobar", "x"), ""),
        ("substring before", ("foobar", ""), ""),
        ("substring after", ("foobar", "ob"), "ar"),
        ("substring after", ("foobar", "x"), ""),
        ("substring after", ("foobar", ""), "foobar"),
        ("contains", ("foobar", "oba"), True),
        ("contains", ("foobar", None), None),
        ("starts with", ("foobar", "fo"), True),
        ("ends with", ("foobar", "fo"), False),
        ("string join", (["a", None, "c"],), "ac"),
        ("string join", (["a", "b"], ", "), "a, b"),
        ("string join", (["a", 1],), None),
        ("string join", ([],), ""),
        ("split", ("John  Doe", r"\s"), ["John", "", "Doe"]),
        ("split", ("a;b;c;;", ";"), ["a", "b", "c", "", ""]),
        ("split", ("", ";"), [""]),
        ("split", ("abc", "x*"), None),
        ("split", ("abc", "("), None),
    ],
)
def test_strings(name: str, arguments: tuple[Any, ...], expected: object) -> None:
    assert called(name, *arguments) == expected


@pytest.mark.parametrize(
    ("text", "pattern", "flags", "expected"),
    [
        ("banana", "[a-z]{3}", None, True),
        ("abc", "ABC", "i", True),
        ("\u212a", "k", "i", True),
        ("x", "[A-Z-[OI]]", "i", True),
        ("i", "[A-Z-[OI]]", "i", False),
        ("Q", "[^Q]", "i", False),
        ("q", "[^Q]", "i", False),
        ("e", "[a-z-[aeiou-[e]]]", None, True),
        ("a", "[a-z-[aeiou-[e]]]", None, False),
        ("b", "[^a-z-[A-Z]]", None, False),
        ("5", "[^a-z-[A-Z]]", None, True),
        ("٣", r"^\d$", None, True),
        ("é", r"^\w$", None, True),
        ("-", r"^\w$", None, False),
        ("é", r"[\w-[a-z]]", None, True),
        ("a", r"[\w-[a-z]]", None, False),
        ("\u00a0", r"\s", None, False),
        ("\u00a0", r"[\S]", None, True),
        ("x1", r"^\i\c$", None, True),
        ("1", r"^\I$", None, True),
        ("]", r"[\]]", None, True),
        ("a-b", "a[-x]b", None, True),
        ("a\nb", "a.b", None, False),
        ("a\rb", "a.b", None, False),
        ("a\nb", "a.b", "s", True),
        ("a\nb", "^b$", None, False),
        ("a\nb", "^b$", "m", True),
        ("b\n", "b$", None, False),
        ("hello world", " hello[ ]world", "x", True),
        ("hello world", r"\p{ I s B a s i c L a t i n }+", "x", True),
        ("ω", r"\p{IsGreek}", None, True),
        ("a", r"\P{IsGreek}", None, True),
        ("aXb", "a(?:X|Y)b", None, True),
        ("ab", "a{2,1}", None, None),
        ("a", "a", "q", None),
        ("a", "a", 1, None),
        ("aa", r"(a)\1", None, None),
        ("a", r"\bword", None, None),
        ("a", "(?i)a", None, None),
        ("a", "[[:alpha:]]", None, None),
        ("a", "[b-a]", None, None),
        ("a", "[a", None, None),
        ("a", "[]", None, None),
        ("a", "a\\", None, None),
        ("a", r"\p{IsKlingon}", None, None),
        ("a", r"\p{Lu", None, None),
        ("a", r"\x41", None, None),
        ("\ud800", "a", None, None),
        ("a", "\ud800", None, None),
    ],
)
def test_matches(text: str, pattern: str, flags: Any, expected: object) -> None:
    assert called("matches", text, pattern, flags) is expected


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("darted", "^(.*?)d(.*)$", "$1c$2"), "carted"),
        (("0123456789", r"(\d{3})(\d{3})(\d{4})", "($1) $2-$3"), "(012) 345-6789"),
        (("facetiously", "[iouy]", "[$0]"), "facet[i][o][u]sl[y]"),
        (("abracadabra", "a.*?a", "*"), "*c*bra"),
        (("ab", "(a)|(b)", "<$1|$2>"), "<a|><|b>"),
        (("a", "(a)", "$12"), "a2"),
        (("a", "a", "$1"), ""),
        (("a", "a", r"\$\\"), "$\\"),
        (("a", "a", "$"), None),
        (("a", "a", r"\n"), None),
        (("abc", "x*", "-"), None),
        (("abc", "(?:)|b", "-"), None),
        (("a b c", "[a-z]", "#", "x"), "# # #"),
        (("aé🐎b", "🐎", "!"), "aé!b"),
    ],
)
def test_replace(arguments: tuple[Any, ...], expected: object) -> None:
    assert called("replace", *arguments) == expected


def test_expressions_that_other_engines_never_finish() -> None:
    assert called("matches", "a" * 5_000 + "!", "^(a+)+$") is False


def test_expressions_that_would_need_too_much_memory_are_refused() -> None:
    assert called("matches", "a", "((a{1000}){1000}){1000}") is None
    assert called("matches", "a", "a" * 20_000) is None


def test_results_have_a_limit() -> None:
    long = "a" * (MAX_TEXT // 2)
    with pytest.raises(FeelBudgetError):
        called("string join", [long, long, "a"])
    with pytest.raises(FeelBudgetError):
        called("replace", "a" * 2_000, "a", "b" * 1_000)
    with pytest.raises(FeelBudgetError):
        called("split", "," * (MAX_ITEMS + 1), ",")
    with pytest.raises(FeelBudgetError):
        called("upper case", "ß" * (MAX_TEXT // 2 + 1))
