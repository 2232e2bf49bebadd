"""Arithmetic, and nothing else: no names, no attributes, no text; small enough to be quick whatever is asked."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable
from functools import partial, reduce
from typing import cast

__all__ = ["calculate"]

LONGEST = 500
"""Characters of an expression."""
MOST_BITS = 4096
"""Bits of a whole number, on the way as well as in the end: about 1,200 digits."""
DIGITS = 12
"""Significant digits of a result that is not whole, so that 0.1 + 0.2 is 0.3."""

Number = int | float

_NUMBER = r"(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])"
_EXPRESSION = re.compile(rf"(?:\s+|{_NUMBER}|[a-z][a-z0-9]*(?!\w)|\*\*|//|[-+*/%(),])+", re.ASCII)
_SPELLINGS = (
    (r"\u00d7|\u00b7", "*"),
    (r"\u00f7", "/"),
    (r"\u2212", "-"),
    (r"\^", "**"),
    (r"(?<![\w.])(\d+(?:\.\d+)?)\s*%\s*of\b", r"(\1/100)*"),
    (r"(?<![\w.])(\d+(?:\.\d+)?)\s*%(?=\s*(?:$|[)*+,/]))", r"(\1/100)"),
)


def calculate(expression: str) -> int | float:
    """Calculate an arithmetic expression.

    Numbers, + - * / // % ** and parentheses, percentages such as "17% of 2340", the constants pi, e and tau, and the
    functions abs, round, min, max, sqrt, floor, ceil, exp, log, log2, log10, factorial, sin, cos, tan, asin, acos, atan,
    degrees and radians. Results that are not whole are rounded to 12 significant digits.

    Args:
        expression: What to calculate, for example "(3 + 4) * 2" or "sqrt(2) / 3".

    Returns:
        The result.

    Raises:
        ValueError: The expression is not arithmetic, has no result, or is too large; the message says which.
    """
    tree = _parsed(_plain(expression))
    try:
        return _settled(_evaluated(tree))
    except ZeroDivisionError:
        raise ValueError("division by zero") from None
    except OverflowError:
        raise ValueError("the numbers are too large to calculate with") from None
    except RecursionError:
        raise ValueError("the expression is nested too deeply") from None
    except TypeError as error:
        raise ValueError(f"a function was given the wrong arguments: {error}") from None


def _plain(expression: str) -> str:
    """Return *expression* in the spelling of Python; raises for what can not be arithmetic."""
    if len(expression) > LONGEST:
        raise ValueError(f"the expression is longer than {LONGEST} characters")
    text = reduce(lambda text, spelling: re.sub(spelling[0], spelling[1], text), _SPELLINGS, expression.strip())
    if not re.search("[a-z]", text):
        text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    if not text:
        raise ValueError("the expression is empty")
    begun = _EXPRESSION.match(text)
    if begun is None or begun.end() < len(text):
        rest = text[begun.end() if begun else 0 :]
        raise ValueError(f"only arithmetic can be calculated; can not read it from {rest[:20]!r} on")
    return text


def _parsed(text: str) -> ast.expr:
    try:
        tree = ast.parse(" ".join(text.split()), mode="eval").body
        nodes = list(ast.walk(tree))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(f"not an arithmetic expression: {text[:80]!r}") from None
    for node in nodes:
        if not isinstance(node, _ALLOWED) or (isinstance(node, ast.Call) and not isinstance(node.func, ast.Name)):
            raise ValueError(f"only arithmetic can be calculated, not {type(node).__name__}")
    return tree


def _evaluated(tree: ast.expr) -> object:
    """Evaluate with simpleeval, which is given our operators and functions in place of its own."""
    from simpleeval import InvalidExpression, SimpleEval  # type: ignore[import-untyped]  # it has no annotations

    try:
        evaluator = SimpleEval(operators=_OPERATORS, functions=_FUNCTIONS, names=_CONSTANTS)
        return cast("object", evaluator.eval("", previously_parsed=tree))  # pyright: ignore[reportUnknownMemberType]  # as above
    except InvalidExpression as error:
        known = ", ".join([*_CONSTANTS, *_FUNCTIONS])
        raise ValueError(f"{str(error).split(', for')[0].split(' for expression')[0].rstrip('.')}; known are {known}") from None


def _settled(result: object) -> int | float:
    """Return *result* as shown: whole numbers as they are, others rounded; raises for what is no real number."""
    if not isinstance(result, int | float) or isinstance(result, bool):
        raise ValueError("the expression is not a number")
    if isinstance(result, int):
        return _bounded(result)
    if not math.isfinite(result):
        raise ValueError("the result is too large, or not a number")
    rounded = float(f"{result:.{DIGITS}g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 10**DIGITS else rounded


def _bounded(value: Number) -> Number:
    if isinstance(value, int) and value.bit_length() > MOST_BITS:
        raise ValueError(f"a number on the way has more than {MOST_BITS} bits")
    return value


def _checked(operation: Callable[[Number, Number], Number], one: Number, other: Number) -> Number:
    return _bounded(operation(_bounded(one), _bounded(other)))


def _divided(one: Number, other: Number) -> Number:
    return one / other


def _divided_whole(one: Number, other: Number) -> Number:
    return one // other


def _power(base: Number, exponent: Number) -> Number:
    """Return the power, after a look at how large it would be: 9**9**9 has 370 million digits."""
    whole = isinstance(base, int) and isinstance(exponent, int) and exponent > 0
    if whole and (int(base).bit_length() - 1) * exponent > MOST_BITS:
        raise ValueError(f"{str(base)[:20]}**{str(exponent)[:20]} has more than {MOST_BITS} bits")
    result: object = base**exponent
    if isinstance(result, complex):
        raise ValueError(f"{base}**({exponent}) is not a real number")
    return _bounded(cast("Number", result))


def _factorial(number: Number) -> int:
    if number != int(number) or not 0 <= number <= 400:
        raise ValueError("factorial takes a whole number from 0 to 400")
    return math.factorial(int(number))


def _round(number: Number, digits: Number = 0) -> Number:
    """Return *number* rounded; `round` itself would build ten to the power of any *digits*."""
    if digits != int(digits) or not -15 <= digits <= 15:
        raise ValueError("round takes a whole number of digits from -15 to 15")
    return round(number, int(digits)) if digits else round(number)


_OPERATORS: dict[type[ast.AST], Callable[..., object]] = {
    ast.Add: partial(_checked, operator.add),
    ast.Sub: partial(_checked, operator.sub),
    ast.Mult: partial(_checked, operator.mul),
    ast.Div: _divided,
    ast.FloorDiv: _divided_whole,
    ast.Mod: operator.mod,
    ast.Pow: _power,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
_FUNCTIONS: dict[str, Callable[..., object]] = {
    "abs": abs,
    "round": _round,
    "min": min,
    "max": max,
    "factorial": _factorial,
    **{name: getattr(math, name) for name in ("sqrt", "floor", "ceil", "exp", "log", "log2", "log10", "degrees", "radians")},
    **{name: getattr(math, name) for name in ("sin", "cos", "tan", "asin", "acos", "atan")},
}
_CONSTANTS = {"pi": math.pi, "e": math.e, "tau": math.tau}
_ALLOWED = (ast.BinOp, ast.UnaryOp, ast.Constant, ast.Name, ast.Call, ast.Load, *_OPERATORS)
