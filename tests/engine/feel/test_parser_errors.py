"""What the parser refuses, where and in which words."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel.errors import FeelError, Span
from engine.feel.parser import parse, parse_unary_tests
from engine.feel.syntax import Node


def error(text: str) -> FeelError:
    with pytest.raises(FeelError) as caught:
        parse(text)
    return caught.value


class TestErrors:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("1 +", "line 1, column 4: The expression stops too early. Expected a value."),
            ("", "line 1, column 1: There is no expression. Expected a value."),
            (
                "if a then b",
                (
                    "line 1, column 12: The expression stops too early. "
                    "Expected `else`, an operator such as `+`, `=` or `and`."
                ),
            ),
            (
                "(1 , 2)",
                "line 1, column 4: `,` does not fit here. Expected `)`, `..`, an operator such as `+`, `=` or `and`.",
            ),
            (
                "a = 3 )",
                (
                    "line 1, column 7: `)` does not fit here. "
                    "Expected an operator such as `+`, `=` or `and`, the end of the expression."
                ),
            ),
            ("x instance of 3", "line 1, column 15: `3` does not fit here. Expected a type."),
            ("{a 1}", "line 1, column 5: `}` does not fit here. Expected `:`."),
            ("for x return y", "line 1, column 7: `return` does not fit here. Expected `in`."),
            ('"abc', 'line 1, column 1: A string is not closed. Expected `"`.'),
            ('1 +\n  "abc\n"', 'line 2, column 3: A string is not closed. Expected `"`.'),
            ("1 /* 2", "line 1, column 3: A comment is not closed. Expected `*/`."),
            ("a == b", "line 1, column 3: `==` has no meaning in an expression. Write `=`."),
            ("a != b && c", "line 1, column 8: `&&` has no meaning in an expression. Write `and`."),
            (
                "'x'",
                'line 1, column 1: `\'` has no meaning in an expression. Write strings between double quotes: "…".',
            ),
            (
                "“x”",
                (
                    "line 1, column 1: `“` has no meaning in an expression. "
                    'Write strings between straight double quotes: "…".'
                ),
            ),
            ("not a", "line 1, column 1: `not` needs brackets around what it is said of. Write `not(…)`."),
            ("f(a: 1, a: 2)", "line 1, column 9: The argument `a` is given twice."),
            ("(!= 3)", "line 1, column 1: `!=` has no meaning as a value. Use `in (!= …)` or `not(…)`."),
            ("1e9999", "line 1, column 1: The number is too large."),
            (r'"\uD83D"', r"line 1, column 1: A string has one half of a pair of `\u` escapes without the other."),
            (r'"\U110000"', r"line 1, column 1: `\U110000` stands for no character."),
            ("a § b", "line 1, column 3: The character '§' has no meaning in an expression."),
        ],
    )
    def test_say_where_and_what_was_expected(self, text: str, expected: str) -> None:
        found = error(text)
        assert found.code == "syntax"
        assert str(found) == expected

    def test_position_in_the_document(self) -> None:
        with pytest.raises(FeelError) as caught:
            parse("a +\n )", line=7, column=11)
        assert caught.value.span == Span(5, 6, 8, 2)


class TestLimits:
    @pytest.mark.parametrize(
        "text",
        [
            "(" * 19_999,
            "-" * 19_999 + "1",
            "1" + "+1" * 9_999,
            "a" + ".a" * 9_999,
            "if a then " * 900 + "b" + " else c" * 900,
            "[" * 61 + "]" * 61,
            "x instance of " + "list<" * 61 + "date" + ">" * 61,
            "for a in " * 1_000,
            "f(" * 61 + ")" * 61,
        ],
    )
    def test_too_deep(self, text: str) -> None:
        assert error(text).code == "too-deep"

    def test_deep_enough_for_people(self) -> None:
        parse("(" * 59 + "1" + ")" * 59)
        parse(" and ".join(["a"] * 1_000))

    def test_too_long(self) -> None:
        assert error("(" * 100_000).code == "too-long"
        assert error("{" + "a" * 201 + ": 1}").code == "too-long"


_PIECES = st.sampled_from(
    [
        *("(", ")", "[", "]", "{", "}", "<", ">", "<=", "=", "!=", "+", "-", "*", "**", "/", ".", "..", ",", ":", "?"),
        *("@", '"', "1", ".5", "a", "b-c", '"s"', '@"P1D"', "and", "or", "not", "in", "between", "if", "then", "else"),
        *("for", "some", "every", "return", "satisfies", "instance of", "function", "external", "list<", "context<"),
        *("date", "time", "true", "null", "//", "/*", "*/", "\\u00e9", "\n"),
    ]
)


class TestAnyText:
    @given(
        st.text(max_size=60)
        | st.lists(_PIECES, max_size=25).map(" ".join)
        | st.lists(_PIECES, max_size=25).map("".join)
    )
    def test_is_read_or_refused_with_a_position(self, text: str) -> None:
        for read_it in (parse, parse_unary_tests):
            refused = _refused(read_it, text)
            if refused is not None:
                assert refused.message
                assert refused.span is not None
                assert 0 <= refused.span.start <= refused.span.end <= len(text)


def _refused(read_it: Callable[[str, list[str]], Node], text: str) -> FeelError | None:
    try:
        read_it(text, ["b-c", "a and b"])
    except FeelError as error:
        return error
    return None
