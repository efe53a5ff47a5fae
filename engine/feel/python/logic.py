"""`and`, `or`, `not`, `if`: three-valued logic, left to right, no further than needed."""

from __future__ import annotations

from collections.abc import Sequence

from engine.feel.python.compiler import Compiler, emits
from engine.feel.python.source import Operand
from engine.feel.syntax import And, If, Node, Or

__all__ = ["any_of", "negated"]


@emits(And)
def _and(compiler: Compiler, node: And) -> Operand:
    return _settled(compiler, node.operands, settles=False)


@emits(Or)
def _or(compiler: Compiler, node: Or) -> Operand:
    return _settled(compiler, node.operands, settles=True)


def _settled(compiler: Compiler, operands: Sequence[Node], *, settles: bool) -> Operand:
    """A conjunction (settled by false) or disjunction (settled by true)."""
    source, result = compiler.source, compiler.source.fresh()
    written: list[Operand] = []
    with source.block("while True:"):
        for node in operands:
            operand = compiler.value(node)
            written.append(operand)
            plain = operand.code if settles else f"not {operand.code}"
            sure = compiler.strict and operand.known
            with source.block(f"if {plain}:" if sure else f"if {operand.code} is {settles}:"):
                source.line(f"{result} = {settles}")
                source.line("break")
        source.line(f"{result} = {_together(compiler, written, settles=settles)}")
        source.line("break")
    return Operand(result, known=all(operand.known for operand in written))


def _together(compiler: Compiler, operands: Sequence[Operand], *, settles: bool) -> str:
    """What operands give of which none settles it."""
    codes = ", ".join(dict.fromkeys(operand.code for operand in operands))
    if not compiler.strict:
        return f"support.{'disj' if settles else 'conj'}({codes})"
    open_ = list(dict.fromkeys(operand.code for operand in operands if not operand.known))
    if not open_:
        return repr(not settles)
    known = " and ".join(f"{code} is {not settles}" for code in open_)
    return f"{not settles} if {known} else join({', '.join(open_)})"


def any_of(compiler: Compiler, operands: Sequence[Operand]) -> Operand:
    """Whether one of some values at hand is true; null (outside rulesets) when none is and one is no boolean."""
    if len(operands) == 1:
        return operands[0]
    codes = ", ".join(operand.code for operand in operands)
    return Operand(compiler.source.assign(f"support.disj({codes})"), known=all(operand.known for operand in operands))


def negated(compiler: Compiler, operand: Operand) -> Operand:
    """`not(operand)`."""
    if not compiler.strict:
        return Operand(compiler.source.assign(f"support.negation({operand.code})"), known=operand.known)
    return compiler.truth(f"not {operand.code}", operand)


@emits(If)
def _if(compiler: Compiler, node: If) -> Operand:
    source, result = compiler.source, compiler.source.fresh()
    condition = compiler.value(node.condition)
    if condition.known:
        with source.block(f"if {condition.code}:" if compiler.strict else f"if {condition.code} is True:"):
            then = compiler.value(node.then)
            source.line(f"{result} = {then.code}")
        with source.block("else:"):
            otherwise = compiler.value(node.otherwise)
            source.line(f"{result} = {otherwise.code}")
        return Operand(
            result,
            then.known and otherwise.known,
            then.items_known and otherwise.items_known,
            then.all_known and otherwise.all_known,
        )
    # On an unknown condition both branches are computed, and it is known only where they agree.
    unknown = source.assign(f"{condition.code}.__class__ is U", "u")
    with source.block(f"if {condition.code} is True or {unknown}:"):
        source.line(f"{result} = {compiler.value(node.then).code}")
    with source.block(f"if {condition.code} is not True:"):
        otherwise = compiler.value(node.otherwise)
        both = f"support.same({condition.code}, {result}, {otherwise.code})"
        source.line(f"{result} = {both} if {unknown} else {otherwise.code}")
    return Operand(result)
