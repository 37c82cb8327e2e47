"""Templates of Jinja2 as Home Assistant's devices use them, from a network that nobody vouches for.

A template is parsed, and everything in it that is not on a short list of syntax is refused: loops, macros,
inclusion, powers, names that begin with an underscore. What is left is rewritten so that every operator,
function and method is one of ours (`template_functions`), which count before they make anything. Then it runs
in Jinja2's immutable sandbox, where nothing can be called and no object has an attribute.
"""

from __future__ import annotations

from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING, Any

from jinja2 import TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from voiceslm.home.template_functions import (
    FILTERS,
    FUNCTIONS,
    LARGEST,
    METHODS,
    OPERATORS,
    TESTS,
    bounded,
    parsed_json,
)

if TYPE_CHECKING:
    from jinja2 import Template as Compiled

LONGEST_SOURCE = 4_000
"""Characters."""

DEEPEST = 40
MOST_NODES = 600

_ALLOWED = (
    nodes.Add,
    nodes.And,
    nodes.Assign,
    nodes.Call,
    nodes.Compare,
    nodes.Concat,
    nodes.CondExpr,
    nodes.Const,
    nodes.Dict,
    nodes.Div,
    nodes.Filter,
    nodes.FloorDiv,
    nodes.Getattr,
    nodes.Getitem,
    nodes.If,
    nodes.Keyword,
    nodes.List,
    nodes.Mod,
    nodes.Mul,
    nodes.Name,
    nodes.Neg,
    nodes.Not,
    nodes.Operand,
    nodes.Or,
    nodes.Output,
    nodes.Pair,
    nodes.Pos,
    nodes.Slice,
    nodes.Sub,
    nodes.Template,
    nodes.TemplateData,
    nodes.Test,
    nodes.Tuple,
)
"""Syntax; some of it gets a closer look."""

_TESTS = (
    *("boolean", "defined", "false", "float", "integer", "iterable", "lower", "mapping"),
    *("none", "number", "sequence", "string", "true", "undefined", "upper", "in"),
    *(
        "==",
        "eq",
        "equalto",
        "!=",
        "ne",
        ">",
        "gt",
        "greaterthan",
        ">=",
        "ge",
        "<",
        "lt",
        "lessthan",
        "<=",
        "le",
    ),
)
"""Tests of Jinja2's own that are allowed besides `TESTS`."""

_COMPILED = 1_024
"""Most templates that are kept compiled: the devices of a home share theirs."""

_PAYLOADS = 4
"""Most payloads that are kept parsed: one message is often read by many templates."""

_FAILURES = (
    TemplateError,
    ArithmeticError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    OSError,
    RecursionError,
)
"""What an expression over values of unexpected kinds can raise."""


class ConfigRefused(Exception):  # noqa: N818 - what happened, not what went wrong
    """A device's configuration cannot be used; the text says why in a few printable words."""


class TemplateFailed(Exception):  # noqa: N818 - what happened, not what went wrong
    """A template has no result for these values."""


class Template:
    """One template, compiled once."""

    def __init__(self, source: str) -> None:
        """Compile ``source``.

        Raises:
            ConfigRefused: it is longer than `LONGEST_SOURCE`, wrong, or does what no device needs.
        """
        self._compiled = _compile(source)
        self._reads_json = "value_json" in source

    def value(self, payload: str, **variables: Any) -> str:
        """Render with ``payload`` as ``value`` and, where it is JSON, what it says as ``value_json``.

        Raises:
            TemplateFailed: an error while rendering, or more than `LARGEST` characters in or out.
        """
        if len(payload) > LARGEST:
            raise TemplateFailed("a payload that is too long")
        if self._reads_json:
            variables |= _json_of(payload)
        return self.render(value=payload, **variables)

    def render(self, **variables: Any) -> str:
        """Render with ``variables``; space around the result is taken off, as Home Assistant does.

        Raises:
            TemplateFailed: an error while rendering, or more than `LARGEST` characters out.
        """
        parts: list[str] = []
        room = LARGEST
        try:
            for part in self._compiled.root_render_func(self._compiled.new_context(variables)):
                parts.append(part)
                room -= len(part)
                if room < 0:
                    raise TemplateFailed("a result that is too long")
        except _FAILURES as failure:
            raise TemplateFailed(type(failure).__name__) from None
        return "".join(parts).strip()


class _Sandbox(ImmutableSandboxedEnvironment):
    """Only items of data can be reached, never an attribute."""

    def __init__(self) -> None:
        super().__init__(autoescape=False, optimized=False, cache_size=0, finalize=bounded)
        tests = self.tests
        self.globals = {}
        self.tests = {name: tests[name] for name in _TESTS} | dict(TESTS)
        self.filters = {
            **FILTERS,
            **{_operator(name): function for name, function in OPERATORS.items()},
            **{_function(name): function for name, function in FUNCTIONS.items()},
            **{_method(name): function for name, function in METHODS.items()},
            _BOUNDED: bounded,
        }

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Find ``attribute`` as an item; objects have none."""
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Find an item of a list or mapping, or a character."""
        try:
            return obj[argument]
        except (LookupError, TypeError):
            return self.undefined(obj=obj, name=argument)

    def is_safe_callable(self, obj: Any) -> bool:  # noqa: ARG002 - the sandbox's signature
        """Say that nothing is; of calls, filters were made."""
        return False


_BOUNDED = "[]"


def _operator(name: str) -> str:
    """Name an operator's filter as no template can."""
    return f"a {name} b"


def _function(name: str) -> str:
    return f"{name}()"


def _method(name: str) -> str:
    return f".{name}()"


class _Rewriting(NodeTransformer):
    """Makes filters of operators, functions and methods, and looks into what a template puts together."""

    def visit_BinExpr(self, node: nodes.BinExpr) -> nodes.Node:  # noqa: N802 - the visitor's naming
        return _filter(_operator(node.operator), self.visit(node.left), [self.visit(node.right)], node)

    visit_Add = visit_Sub = visit_Mul = visit_Div = visit_FloorDiv = visit_Mod = visit_BinExpr  # noqa: N815

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        first, *rest = (self.visit(part) for part in node.nodes)
        return _filter(_operator("~"), first, rest, node)

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802
        arguments = [self.visit(argument) for argument in node.args]
        options = [self.visit(option) for option in node.kwargs]
        if isinstance(node.node, nodes.Getattr):
            return _filter(_method(node.node.attr), self.visit(node.node.node), arguments, node, options)
        assert isinstance(node.node, nodes.Name)
        first = arguments.pop(0) if arguments else nodes.Const(None, lineno=node.lineno)
        return _filter(_function(node.node.name), first, arguments, node, options)

    def visit_List(self, node: nodes.List) -> nodes.Node:  # noqa: N802
        return self._collection(node)

    visit_Tuple = visit_Dict = visit_List  # noqa: N815

    def _collection(self, node: nodes.Node) -> nodes.Node:
        made = self.generic_visit(node)
        constant = all(isinstance(part, (nodes.Const, nodes.Pair)) for part in node.find_all(nodes.Expr))
        return made if constant else _filter(_BOUNDED, made, [], node)


def _filter(
    name: str,
    first: Any,
    rest: list[nodes.Expr],
    node: nodes.Node,
    options: list[nodes.Keyword] | None = None,
) -> nodes.Filter:
    return nodes.Filter(first, name, rest, options or [], None, None, lineno=node.lineno)


_sandbox = _Sandbox()


@lru_cache(_COMPILED)
def _compile(source: str) -> Compiled:
    if len(source) > LONGEST_SOURCE:
        raise ConfigRefused(f"a template of more than {LONGEST_SOURCE} characters")
    try:
        tree = _sandbox.parse(source)
        _check(tree)
        return _sandbox.from_string(_Rewriting().visit(tree))
    except TemplateError as error:
        raise ConfigRefused(f"a template that is wrong: {type(error).__name__}") from None
    except (RecursionError, MemoryError, SyntaxError, ValueError, OverflowError):
        raise ConfigRefused("a template that is too deep or too large") from None


@lru_cache(_PAYLOADS)
def _json_of(payload: str) -> dict[str, Any]:
    try:
        return {"value_json": parsed_json(payload)}
    except ValueError:
        return {}


def _check(tree: nodes.Template) -> None:
    """Refuse what is not on the list."""
    seen = 0
    level: list[nodes.Node] = [tree]
    for _depth in range(DEEPEST):
        seen += len(level)
        if not level or seen > MOST_NODES:
            break
        for node in level:
            reason = _objection(node)
            if reason:
                raise ConfigRefused(f"a template with {reason}")
        level = [child for node in level for child in node.iter_child_nodes()]
    if level:
        raise ConfigRefused("a template that is too deep or too large")


def _objection(node: nodes.Node) -> str:
    """Say what is wrong with ``node``; empty for nothing. Names are from the list or shortened."""
    wrong = ""
    match node:
        case nodes.Call():
            wrong = _objection_to_call(node)
        case nodes.Filter() if node.node is None or node.name not in FILTERS or _unpacks(node):
            wrong = f"the filter {node.name[:20]!a}"
        case nodes.Test() if node.name not in _sandbox.tests or _unpacks(node):
            wrong = f"the test {node.name[:20]!a}"
        case nodes.Getattr() if node.attr.startswith("_"):
            wrong = "a name that begins with an underscore"
        case nodes.Assign() if not isinstance(node.target, nodes.Name):
            wrong = "an assignment to more than a name"
        case nodes.Const(value=float(number)) if not isfinite(number):
            wrong = "a number that is too large"
        case nodes.Name(name="self"):
            wrong = "a reference to itself"
        case _ if not isinstance(node, _ALLOWED):
            wrong = f"the syntax {type(node).__name__}"
    return wrong


def _objection_to_call(call: nodes.Call) -> str:
    if _unpacks(call):
        return "arguments that are unpacked"
    match call.node:
        case nodes.Name(name=name) if name in FUNCTIONS:
            return ""
        case nodes.Getattr(attr=name) if name in METHODS:
            return ""
        case nodes.Name(name=name) | nodes.Getattr(attr=name):
            return f"a call of {name[:20]!a}"
    return "a call of an expression"


def _unpacks(node: nodes.Call | nodes.Filter | nodes.Test) -> bool:
    return node.dyn_args is not None or node.dyn_kwargs is not None
