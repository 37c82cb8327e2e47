"""Home Assistant's templates seen from the device: which payload says this, which payload was meant by that.

A template cannot be turned around, but a device may try: among the payloads that could be meant it takes the
one that the template turns into the wanted words. These templates are the bench's own and those of known
products; the assistant, which reads strangers' templates, guards itself elsewhere.
"""

from __future__ import annotations

import copy
import itertools
import json
import math
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from jinja2 import TemplateError, nodes
from jinja2.sandbox import SandboxedEnvironment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from jinja2 import Template

    Path = tuple[str | int, ...]

_ENVIRONMENT = SandboxedEnvironment()

_MOST_TRIES = 4000
"""Two places with sixty values each: more than any product's template needs."""


def render(template: str, **variables: Any) -> str | None:
    """Return what the template makes of ``variables``, without space around; None if it fails."""
    try:
        return _compiled(template).render(**variables).strip()
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError):
        return None


def read(template: str, payload: str) -> str | None:
    """Return what a value template makes of a payload; the payload itself where there is no template."""
    if not template:
        return payload
    document = parsed(payload)
    known = {} if document is None else {"value_json": document}
    return render(template, value=payload, **known)


def parsed(payload: str) -> Any:
    """Return the JSON in a payload; None where it is none."""
    try:
        return json.loads(payload)
    except ValueError:
        return None


def normal(payload: str) -> str:
    """Return the same text for payloads that mean the same JSON."""
    document = parsed(payload)
    return payload if document is None else json.dumps(document, sort_keys=True)


def text(value: object) -> str:
    """Write a value as devices do: 21, 21.5, ON."""
    if isinstance(value, float):
        return f"{value:.6g}" if value != int(value) else str(int(value))
    if isinstance(value, tuple):
        return ",".join(text(part) for part in value)
    return str(value)


def payload_that_says(template: str, wanted: str, payload: str = "") -> str | None:
    """Return what to publish so that ``template`` reads ``wanted`` from it.

    Args:
        template: a value template; empty for none.
        wanted: what shall be read.
        payload: what is published now. Of JSON, all that ``template`` does not look at stays as it is.

    Returns:
        The payload; None where no payload that was tried does.
    """
    if not template:
        return wanted
    if _same(read(template, payload), wanted):
        return payload
    tried = itertools.islice(_attempts(template, wanted, payload), _MOST_TRIES)
    return next((attempt for attempt in tried if _same(read(template, attempt), wanted)), None)


def _attempts(template: str, wanted: str, payload: str) -> Iterator[str]:
    values = list(_values(template, wanted))
    paths = _paths(template)
    if not paths:
        yield from map(text, values)
        yield from map(text, _solved(template, wanted, text))
        return
    document = parsed(payload)
    base = document if isinstance(document, dict) else {}
    parts = [_number(part) for part in wanted.split(",")]
    if len(parts) == len(paths):
        yield _with(base, zip(paths, parts, strict=True))
    for path in paths:
        put = partial(_with_one, base, path)
        yield from map(put, values)
        yield from map(put, _solved(template, wanted, put))
    for pair in itertools.combinations(paths, 2):
        for both in itertools.product(values, repeat=2):
            yield _with(base, zip(pair, both, strict=True))


def _values(template: str, wanted: str) -> Iterator[Any]:
    """Likely first: the wanted word, as JSON would have it; then every word that the template mentions."""
    number = _number(wanted)
    if number != wanted:
        yield number
    if wanted.lower() in ("true", "false"):
        yield wanted.lower() == "true"
    yield wanted
    if "," in wanted:
        yield [_number(part) for part in wanted.split(",")]
    yield from dict.fromkeys(
        node.value for node in _syntax(template).find_all(nodes.Const) if isinstance(node.value, str | int)
    )
    yield from (True, False, None)


def _solved(template: str, wanted: str, put: Callable[[Any], str]) -> Iterator[float]:
    """A template that only scales and shifts a number can be turned around; ``put`` makes the payload."""
    ends = [_number(read(template, put(value)) or "") for value in (0, 1)]
    goal = _number(wanted)
    if not any(isinstance(value, str) for value in (*ends, goal)) and ends[0] != ends[1]:
        yield (goal - ends[0]) / (ends[1] - ends[0])


def _with(base: dict[str, Any], places: Iterable[tuple[Path, Any]]) -> str:
    document = copy.deepcopy(base)
    for path, value in places:
        _put(document, path, value)
    return json.dumps(document)


def _with_one(base: dict[str, Any], path: Path, value: Any) -> str:
    return _with(base, [(path, value)])


def _put(document: Any, path: Path, value: Any) -> None:
    step: Any
    step, *rest = path
    if isinstance(step, int) and isinstance(document, list):
        document.extend({} for _ in range(step + 1 - len(document)))
    elif not isinstance(document, dict):
        return
    if not rest:
        document[step] = value
        return
    inner = document[step] if isinstance(document, list) else document.get(step)
    if not isinstance(inner, dict | list):
        inner = document[step] = [] if isinstance(rest[0], int) else {}
    _put(inner, tuple(rest), value)


@lru_cache(maxsize=4096)
def _compiled(template: str) -> Template:
    return _ENVIRONMENT.from_string(template)


@lru_cache(maxsize=4096)
def _syntax(template: str) -> nodes.Template:
    return _ENVIRONMENT.parse(template)


@lru_cache(maxsize=4096)
def _paths(template: str) -> tuple[Path, ...]:
    """Where in the JSON a template looks, the longest ways only, in its order."""
    try:
        kinds = (nodes.Getattr, nodes.Getitem)
        found = dict.fromkeys(filter(None, (_path(node) for node in _syntax(template).find_all(kinds))))
    except TemplateError:
        return ()
    return tuple(path for path in found if not any(longer[: len(path)] == path != longer for longer in found))


def _path(node: nodes.Node) -> Path | None:
    if isinstance(node, nodes.Name):
        return () if node.name == "value_json" else None
    step: Any
    if isinstance(node, nodes.Getattr):
        step = node.attr
    elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        step = node.arg.value
    else:
        return None
    before = _path(node.node)
    return None if before is None else (*before, step)


def _same(said: str | None, wanted: str) -> bool:
    if said is None or said == wanted:
        return said == wanted
    one, other = _number(said), _number(wanted)
    if isinstance(one, str) or isinstance(other, str):
        return False
    return math.isclose(one, other, abs_tol=1e-6)


def _number(value: str) -> Any:
    """Return the number in a text, an int where it is one; the text itself where it is none."""
    try:
        number = float(value)
    except ValueError:
        return value
    if not math.isfinite(number):
        return value
    return int(number) if number == int(number) else number
