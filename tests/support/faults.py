"""What can be wrong in one place of a function's text: an operator, a constant, an argument, a condition."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial
from typing import Any

__all__ = ["faults"]

Fault = Callable[[], str]

_OTHERS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_OTHER_NAMES = {"any": "all", "all": "any", "min": "max", "max": "min"}


def faults(node: ast.AST) -> list[Fault]:
    """Return what can be done to *node* in place, each of which says what it did."""
    match node:
        case ast.Compare():
            places = enumerate(node.ops)
            return [partial(_compare, node, place, other) for place, op in places for other in _OTHERS[type(op)]]
        case ast.BoolOp():
            return [partial(_join, node), *(partial(_leave_out, node, place) for place in range(len(node.values)))]
        case ast.UnaryOp(op=ast.Not()):
            return [partial(_unnegate, node)]
        case ast.If() | ast.IfExp():
            return [partial(_negate, node)]
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            return [partial(_subtract, node)]
        case ast.Constant():
            return _constants(node)
        case ast.Name() if node.id in _OTHER_NAMES:
            return [partial(_rename, node)]
        case _:
            return [partial(_drop, items, place) for items in _parts(node) for place in range(len(items))]


def _parts(node: ast.AST) -> list[list[Any]]:
    """Return what can be left out of *node*, one of each list."""
    match node:
        case ast.comprehension():
            return [node.ifs]
        case ast.Call():
            return [node.keywords]
        case ast.Tuple(ctx=ast.Load()) if any(isinstance(each, ast.Starred) for each in node.elts):
            return [node.elts]
        case _:
            return []


def _compare(node: ast.Compare, place: int, other: type[ast.cmpop]) -> str:
    node.ops[place] = other()
    return ast.unparse(node)


def _drop(items: list[Any], place: int) -> str:
    return f"without {ast.unparse(items.pop(place))}"


def _leave_out(node: ast.BoolOp, place: int) -> str:
    what = _drop(node.values, place)
    if len(node.values) == 1:
        node.values *= 2  # one alone is no such node
    return what


def _join(node: ast.BoolOp) -> str:
    node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    return ast.unparse(node)


def _unnegate(node: ast.UnaryOp) -> str:
    node.operand = ast.UnaryOp(ast.Not(), node.operand)
    return ast.unparse(node)


def _negate(node: ast.If | ast.IfExp) -> str:
    node.test = ast.UnaryOp(ast.Not(), node.test)
    return f"if {ast.unparse(node.test)}"


def _constants(node: ast.Constant) -> list[Fault]:
    match node.value:
        case bool() as value:
            return [partial(_replace, node, not value)]
        case int() | float() as value:
            return [partial(_replace, node, value + 1), partial(_replace, node, value - 1)]
        case None:
            return [partial(_replace, node, 0)]
        case _:
            return []


def _replace(node: ast.Constant, other: float) -> str:
    was, node.value = repr(node.value), other
    return f"{other} for {was}"


def _subtract(node: ast.BinOp) -> str:
    node.op = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
    return ast.unparse(node)


def _rename(node: ast.Name) -> str:
    node.id = _OTHER_NAMES[node.id]
    return ast.unparse(node)
