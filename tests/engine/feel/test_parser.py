import pytest

from engine.feel.errors import FeelError, Span
from engine.feel.parser import parse, parse_unary_tests
from engine.feel.syntax import And, Comparison, Literal, Name
from tests.engine.feel.shapes import shape


def read(text: str, *names: str) -> str:
    return shape(parse(text, names))


class TestPrecedence:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("1 + 2 * 3 - 4", "((1 + (2 * 3)) - 4)"),
            ("2 * 3 ** 4", "(2 * (3 ** 4))"),
            ("3 ** 4 ** 5", "((3 ** 4) ** 5)"),
            ("-3 ** 2", "(Negation(3) ** 2)"),
            ("2 ** -1", "(2 ** Negation(1))"),
            ("--1", "Negation(Negation(1))"),
            ("(1 + 2) * 3", "((1 + 2) * 3)"),
            ("a < b + 1", "(a < (b + 1))"),
            ("a = b = c", "((a = b) = c)"),
            ("a or b and c", "Or([a, And([b, c])])"),
            ("x between 1 and 2 and y", "And([Between(x, 1, 2), y])"),
            ("x in 1 and y", "And([In(x, [ExpressionTest(1)]), y])"),
            ("-a.b[1](2)", "Negation(Call(Filter(Path(a, b), 1), [2], None))"),
            ("a instance of number = true", "(InstanceOf(a, TypeName(number, [], [], None)) = True)"),
        ],
    )
    def test_operators(self, text: str, expected: str) -> None:
        assert read(text) == expected

    def test_and_and_or_are_flat(self) -> None:
        assert read("a and b and c") == "And([a, b, c])"
        assert read("a or b or c or d") == "Or([a, b, c, d])"
        assert read("(a and b) and c") == "And([And([a, b]), c])"

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("if a then b else c + 1", "If(a, b, (c + 1))"),
            ("1 + if a then b else c + 1", "(1 + If(a, b, (c + 1)))"),
            ("if a then if b then 1 else 2 else 3", "If(a, If(b, 1, 2), 3)"),
            (
                "a and some x in y satisfies b or c",
                "And([a, Quantified(some, [Iterator(x, y, None)], Or([b, c]))])",
            ),
            ("[for x in y return x, 3]", "ListLiteral([For([Iterator(x, y, None)], x), 3])"),
        ],
    )
    def test_what_ends_open_reaches_as_far_as_it_can(self, text: str, expected: str) -> None:
        assert read(text) == expected


class TestNames:
    def test_words_side_by_side_are_one_name(self) -> None:
        assert read("Full Name") == "Full Name"
        assert read("Full \n\t Name + 1") == "(Full Name + 1)"
        assert read("loan.first  payment = 3") == "(Path(loan, first payment) = 3)"
        assert read("Applicant 1 age > 3") == "(Applicant 1 age > 3)"

    def test_signs_are_operators_unless_a_declared_name_has_them(self) -> None:
        assert read("a-b") == "(a - b)"
        assert read("a-b", "a-b") == "a-b"
        assert read("a - b", "a-b") == "(a - b)"
        assert read("a-bc", "a-b") == "(a - bc)"
        assert read("a-b-c", "a-b", "a-b-c") == "a-b-c"
        assert read("x.a-b", "a-b") == "Path(x, a-b)"

    def test_reserved_words_end_a_name_unless_declared(self) -> None:
        assert read("time and place", "time and place") == "time and place"
        assert read("time and place") == "And([time, place])"
        assert read("this or that and more", "this or that") == "And([this or that, more])"
        assert read("range.end included") == "Path(range, end included)"
        assert read("a.in") == "Path(a, in)"

    def test_a_row_of_words_ends_at_instance_of_only_with_both_words(self) -> None:
        assert read("first instance") == "first instance"
        assert read("x instance of date").startswith("InstanceOf(x")

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("date and time(x)", "Call(date and time, [x], None)"),
            ("a and date and time (x) = b", "And([a, (Call(date and time, [x], None) = b)])"),
            ("date and time", "And([date, time])"),
            ("or else(a, 3)", "Call(or else, [a, 3], None)"),
            ("a or or else(b, c)", "Or([a, Call(or else, [b, c], None)])"),
            ("years and months duration(a, b)", "Call(years and months duration, [a, b], None)"),
            ("list contains(a, b)", "Call(list contains, [a, b], None)"),
        ],
    )
    def test_built_in_names_with_spaces(self, text: str, expected: str) -> None:
        assert read(text) == expected

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (
                "{foo+bar: 1, b: foo+bar}",
                "ContextLiteral([ContextEntry(foo+bar, 1), ContextEntry(b, foo+bar)])",
            ),
            ("for a-b in c return a-b", "For([Iterator(a-b, c, None)], a-b)"),
            (
                "some x in y, a-b in x satisfies a-b",
                "Quantified(some, [Iterator(x, y, None), Iterator(a-b, x, None)], a-b)",
            ),
            (
                "function(a-b, c: date) a-b",
                "FunctionLiteral([Parameter(a-b, None), Parameter(c, TypeName(date, [], [], None))], a-b, False)",
            ),
            ("f(start position : 3)", "Call(f, [3], [start position])"),
        ],
    )
    def test_names_declared_within(self, text: str, expected: str) -> None:
        assert read(text) == expected

    def test_names_of_other_alphabets(self) -> None:
        assert read("{🐎: niño}") == "ContextLiteral([ContextEntry(🐎, niño)])"

    def test_question_mark_is_the_value_asked_about(self) -> None:
        assert read("?.a > 3") == "(Path(?, a) > 3)"


class TestLiterals:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [("12", "12"), (".872", "0.872"), ("1.23e4", "1.23E+4"), ("1e-2", "0.01"), ("0.10", "0.10")],
    )
    def test_numbers(self, text: str, expected: str) -> None:
        assert read(text) == expected

    def test_numbers_have_34_digits(self) -> None:
        assert read("0." + "1" * 40) == "0." + "1" * 34

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ('"a b"', "a b"),
            (r'"\" \\ \n \t \r \'"', "\" \\ \n \t \r '"),
            (r'"\u00e9"', "é"),
            (r'"\U01F40E"', "🐎"),
            (r'"\uD83D\uDCA9"', "💩"),
            (r'"(\d{3})\s\1"', r"(\d{3})\s\1"),
            ('"// no comment"', "// no comment"),
        ],
    )
    def test_strings(self, text: str, expected: str) -> None:
        node = parse(text)
        assert isinstance(node, Literal)
        assert node.value == expected

    def test_constants_and_at_literals(self) -> None:
        assert read("[true, false, null]") == "ListLiteral([True, False, None])"
        assert read('@"2020-01-01"') == "AtLiteral(2020-01-01)"

    def test_comments(self) -> None:
        assert read("1 + // to the end of the line\n 2 /* or\n in * between */ - 3") == "((1 + 2) - 3)"

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("[1..3]", "RangeLiteral(1, True, 3, True)"),
            ("(1..3)", "RangeLiteral(1, False, 3, False)"),
            ("]1..3[", "RangeLiteral(1, False, 3, False)"),
            ("[1..3[ = x", "(RangeLiteral(1, True, 3, False) = x)"),
            ("[a..b[1]]", "RangeLiteral(a, True, Filter(b, 1), True)"),
            ("[1, ]2..3]]", "ListLiteral([1, RangeLiteral(2, False, 3, True)])"),
            ("(< 5)", "RangeLiteral(None, False, 5, False)"),
            ("(>= 5)", "RangeLiteral(5, True, None, False)"),
            ("[1 + 1..x * 2)", "RangeLiteral((1 + 1), True, (x * 2), False)"),
            ("[1...5]", "RangeLiteral(1, True, 0.5, True)"),
        ],
    )
    def test_ranges(self, text: str, expected: str) -> None:
        assert read(text) == expected

    def test_lists_and_contexts(self) -> None:
        assert read("[[], {}]") == "ListLiteral([ListLiteral([]), ContextLiteral([])])"
        assert read('{"a b": 1, c d: 2}') == "ContextLiteral([ContextEntry(a b, 1), ContextEntry(c d, 2)])"


class TestConstructs:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("x in (< 5)", "In(x, [ComparisonTest(<, 5)])"),
            ("x in != 5", "In(x, [ComparisonTest(!=, 5)])"),
            ("x in (1, > 2, (>= 3), [4..5])", None),
            ("x in (1..3]", "In(x, [ExpressionTest(RangeLiteral(1, False, 3, True))])"),
            ("x in (a)", "In(x, [ExpressionTest(a)])"),
            ('x in ("1", "2")', "In(x, [ExpressionTest('1'), ExpressionTest('2')])"),
        ],
    )
    def test_in(self, text: str, expected: str | None) -> None:
        several = (
            "In(x, [ExpressionTest(1), ComparisonTest(>, 2), ComparisonTest(>=, 3), "
            "ExpressionTest(RangeLiteral(4, True, 5, True))])"
        )
        assert read(text) == (expected or several)

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("date and time", "TypeName(date and time, [], [], None)"),
            (
                "list<days and time duration>",
                "TypeName(list, [TypeName(days and time duration, [], [], None)], [], None)",
            ),
            (
                "context<a b: number, c: list<string>>",
                (
                    "TypeName(context, [TypeName(number, [], [], None), "
                    "TypeName(list, [TypeName(string, [], [], None)], [], None)], [a b, c], None)"
                ),
            ),
            ("function<> -> Any", "TypeName(function, [], [], TypeName(Any, [], [], None))"),
            (
                "function<range<date>, number>->string",
                (
                    "TypeName(function, [TypeName(range, [TypeName(date, [], [], None)], [], None), "
                    "TypeName(number, [], [], None)], [], TypeName(string, [], [], None))"
                ),
            ),
            ("function", "TypeName(function, [], [], None)"),
        ],
    )
    def test_types(self, text: str, expected: str) -> None:
        assert read(f"x instance of {text} and y") == f"And([InstanceOf(x, {expected}), y])"

    def test_iterators(self) -> None:
        expected = "For([Iterator(i, 1, (n + 1)), Iterator(j, ListLiteral([i]), None)], (i * j))"
        assert read("for i in 1..n + 1, j in [i] return i * j") == expected
        assert read("every i in 1..3 satisfies i > 0") == "Quantified(every, [Iterator(i, 1, 3)], (i > 0))"

    def test_functions(self) -> None:
        assert read("(function(a) a)(10)") == "Call(FunctionLiteral([Parameter(a, None)], a, False), [10], None)"
        assert read("function() external {java: 1}") == (
            "FunctionLiteral([], ContextLiteral([ContextEntry(java, 1)]), True)"
        )
        assert read("f()") == "Call(f, [], None)"
        assert read("f(a: 1, b: 2)") == "Call(f, [1, 2], [a, b])"

    def test_not_is_a_call(self) -> None:
        assert read("not(a) and not (b)") == "And([Call(not, [a], None), Call(not, [b], None)])"


class TestUnaryTests:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("-", "UnaryTests([AnyValue()], False)"),
            ("-1", "UnaryTests([ExpressionTest(Negation(1))], False)"),
            ('"a", "b"', "UnaryTests([ExpressionTest('a'), ExpressionTest('b')], False)"),
            ("not(1, < 2)", "UnaryTests([ExpressionTest(1), ComparisonTest(<, 2)], True)"),
            ("not(a) and b", "UnaryTests([ExpressionTest(And([Call(not, [a], None), b]))], False)"),
            (
                "[1..3], >= 5",
                "UnaryTests([ExpressionTest(RangeLiteral(1, True, 3, True)), ComparisonTest(>=, 5)], False)",
            ),
            ("? > 3 or ? < 1", "UnaryTests([ExpressionTest(Or([(? > 3), (? < 1)]))], False)"),
        ],
    )
    def test_tests(self, text: str, expected: str) -> None:
        assert shape(parse_unary_tests(text)) == expected

    @pytest.mark.parametrize("text", ["", "1,", "< ", "not(", "- 1,"])
    def test_errors(self, text: str) -> None:
        with pytest.raises(FeelError):
            parse_unary_tests(text)


class TestPositions:
    def test_spans_are_the_text_that_a_node_was_read_from(self) -> None:
        text = 'a.b = (1) and  not("x" < c)'
        node = parse(text)
        assert isinstance(node, And)
        first, second = node.operands
        assert text[node.span.start : node.span.end] == text
        assert text[first.span.start : first.span.end] == "a.b = (1)"
        assert text[second.span.start : second.span.end] == 'not("x" < c)'
        assert second.span == Span(15, 27, 1, 16)

    def test_lines_and_columns_count_from_where_the_text_starts(self) -> None:
        node = parse("a\n  < b", line=10, column=20)
        assert isinstance(node, Comparison)
        assert isinstance(node.right, Name)
        assert node.span == Span(0, 7, 10, 20)
        assert node.right.span == Span(6, 7, 11, 5)
