"""What a template may do with its values: operators, filters and functions, all of bounded size and time.

Templates come over the network. Jinja2's sandbox has no limit of time or memory, so everything that could
grow, a product, a sum, a format, is counted before it is made. Names and meaning are Home Assistant's:
https://www.home-assistant.io/docs/configuration/templating/ and https://jinja.palletsprojects.com/templates/
"""

from __future__ import annotations

import json
import math
import operator
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jinja2 import Undefined, UndefinedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

LARGEST = 65_536
"""Characters of a payload, of a result and of everything in between; items and characters of a list."""

_LARGEST_NUMBER = 2.0**128
"""What an operand may be. Python's whole numbers have no bound: one squared twenty times takes for ever."""

_MOST_PIECES = 4_096
"""Of a string that is taken apart: a list costs many times the memory of its text."""

_PLACES = 20
"""Most decimal places that anything is rounded to."""

_FORMAT = re.compile(r"%[-+ #0]*\d{0,2}(?:\.\d{0,2})?[diufFeEgGxXs%]")
_STRFTIME = re.compile(r"%[-_0^#]?[a-zA-Z%]")
"""glibc pads to any width it is told."""

_REQUIRED: Any = object()
_TRUE = frozenset({"true", "yes", "on", "enable", "1"})
_FALSE = frozenset({"false", "no", "off", "disable", "0"})


def parsed_json(text: str) -> Any:
    """Return what JSON ``text`` says.

    Raises:
        ValueError: it is no JSON, as NaN and Infinity are none, or it is nested too deeply.
    """
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def bounded(value: Any) -> Any:
    """Return ``value`` itself.

    Raises:
        ValueError: written out, it would hold more than `LARGEST` items and characters. Lists that hold one
            another many times are small in memory and without end on paper.
    """
    budget = LARGEST
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            budget -= len(item)
        elif isinstance(item, dict):
            budget -= len(item)
            waiting.extend(item.keys())
            waiting.extend(item.values())
        elif isinstance(item, (list, tuple)):
            budget -= len(item)
            waiting.extend(item)
        if budget - len(waiting) < 0:
            raise ValueError("too much")
    return value


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _text(value: Any) -> str:
    """Write ``value`` out."""
    if isinstance(value, str):
        return value
    return _short(str(bounded(value)))


def _short(text: str) -> str:
    if len(text) > LARGEST:
        raise ValueError("too long")
    return text


def _operand(value: Any) -> Any:
    if not isinstance(value, (int, float)):
        raise TypeError("not a number")
    if abs(value) > _LARGEST_NUMBER:
        raise ValueError("too large a number")
    return value


def _arithmetic(operation: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Make an operator of numbers only: of others it repeats, formats and takes apart."""

    def apply(left: Any, right: Any) -> Any:
        return operation(_operand(_defined(left)), _operand(_defined(right)))

    return apply


def _plus(left: Any, right: Any) -> Any:
    if isinstance(left, str) and isinstance(right, str):
        return _concat(left, right)
    if isinstance(left, (list, tuple)) and isinstance(right, type(left)):
        return bounded(bounded(left) + bounded(right))
    return operator.add(_operand(_defined(left)), _operand(_defined(right)))


def _concat(*parts: Any) -> str:
    texts = [_text(part) for part in parts]
    if sum(map(len, texts)) > LARGEST:
        raise ValueError("too long")
    return "".join(texts)


def _defined(value: Any) -> Any:
    if isinstance(value, Undefined):
        raise UndefinedError("undefined")
    return value


def _default(value: Any, default: Any = "", boolean: Any = False) -> Any:  # noqa: FBT002 - Jinja's signature
    missing = isinstance(value, Undefined) or (boolean and not value)
    return default if missing else value


def _float(value: Any, default: Any = _REQUIRED) -> Any:
    try:
        return float(_defined(value))
    except (ValueError, TypeError, OverflowError, UndefinedError):
        if default is _REQUIRED:
            raise
        return default


def _int(value: Any, default: Any = _REQUIRED, base: Any = 10) -> Any:
    try:
        if isinstance(value, str):
            try:
                return int(value, base)
            except ValueError:
                pass
        return int(float(_defined(value)))
    except (ValueError, TypeError, OverflowError, UndefinedError):
        if default is _REQUIRED:
            raise
        return default


def _bool(value: Any, default: Any = _REQUIRED) -> Any:
    if isinstance(value, (bool, int, float)):
        return bool(value)
    word = _text(value).strip().lower()
    if word in _TRUE | _FALSE:
        return word in _TRUE
    if default is _REQUIRED:
        raise ValueError("neither true nor false")
    return default


def _round(value: Any, places: Any = 0, method: Any = "common", default: Any = _REQUIRED) -> Any:
    places = _operand(places)
    if not isinstance(places, int) or abs(places) > _PLACES:
        raise ValueError("too many places")
    number = _float(value, None)
    if number is None:
        if default is _REQUIRED:
            raise ValueError("no number to round")
        return default
    if method in {"ceil", "floor"}:
        rounding = math.ceil if method == "ceil" else math.floor
        result = rounding(_operand(number) * 10**places) / 10**places
    elif method == "half":
        result = round(number * 2) / 2
    else:
        result = round(number, places)
    return int(result) if places == 0 else result


def _replace(value: Any, old: Any, new: Any) -> str:
    text, old, new = _text(value), _text(old), _text(new)
    if len(text) + text.count(old) * max(0, len(new) - len(old)) > LARGEST:
        raise ValueError("too long")
    return text.replace(old, new)


def _join(value: Iterable[Any], separator: Any = "") -> str:
    texts = [_text(item) for item in _items(value)]
    if sum(map(len, texts)) + len(texts) * len(_text(separator)) > LARGEST:
        raise ValueError("too long")
    return _text(separator).join(texts)


def _split(value: Any, separator: Any = None, most: Any = -1) -> list[str]:
    pieces = _text(value).split(separator, most if 0 <= most < _MOST_PIECES else _MOST_PIECES)
    if len(pieces) > _MOST_PIECES:
        raise ValueError("too many pieces")
    return pieces


def _items(value: Any) -> list[Any]:
    """Make a list of it: a mapping's keys, a string's characters."""
    if not isinstance(value, (str, list, tuple, dict)):
        raise TypeError("not a list")
    if isinstance(value, str) and len(value) > _MOST_PIECES:
        raise ValueError("too many pieces")
    return list(value)


def _mapping(value: Any) -> Mapping[Any, Any]:
    if not isinstance(value, dict):
        raise TypeError("not a mapping")
    return value


def _length(value: Any) -> int:
    return len(value) if isinstance(value, str) else len(_items(value))


def _first(value: Any) -> Any:
    return _items(value)[0]


def _last(value: Any) -> Any:
    return _items(value)[-1]


def _least(value: Any, *more: Any) -> Any:
    return min(value, *more) if more else min(_items(value))


def _most(value: Any, *more: Any) -> Any:
    return max(value, *more) if more else max(_items(value))


def _format(pattern: Any, *values: Any) -> str:
    pattern = _text(pattern)
    if "%" in _FORMAT.sub("", pattern):
        raise ValueError("a format that is not allowed")
    for value in values:
        if isinstance(value, (int, float)):
            _operand(value)
    if sum(len(_text(value)) for value in values) > LARGEST:
        raise ValueError("too long")
    return _short(pattern % values)


def _to_json(value: Any) -> str:
    return _short(json.dumps(bounded(value), allow_nan=False))


def _from_json(value: Any) -> Any:
    return parsed_json(_text(value))


def _iif(value: Any, if_true: Any = True, if_false: Any = False, if_none: Any = _REQUIRED) -> Any:  # noqa: FBT002
    if value is None and if_none is not _REQUIRED:
        return if_none
    return if_true if value else if_false


def _is_number(value: Any) -> bool:
    number = _float(value, None)
    return number is not None and math.isfinite(number)


def _now(_: Any) -> datetime:
    return datetime.now(UTC).astimezone()


def _utcnow(_: Any) -> datetime:
    return datetime.now(UTC)


def _datetime(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, (int, float)) or _is_number(value):
        return datetime.fromtimestamp(float(value), UTC)
    return datetime.fromisoformat(_text(value))


def _timestamp(value: Any, default: Any = _REQUIRED) -> Any:
    try:
        return _datetime(value).timestamp()
    except (ValueError, TypeError, OverflowError, OSError, UndefinedError):
        if default is _REQUIRED:
            raise
        return default


def _timestamp_local(value: Any, default: Any = _REQUIRED) -> Any:
    moment = _timestamp(value, None if default is _REQUIRED else default)
    return _datetime(moment).astimezone().isoformat() if isinstance(moment, float) else _given(default)


def _timestamp_utc(value: Any, default: Any = _REQUIRED) -> Any:
    moment = _timestamp(value, None if default is _REQUIRED else default)
    return _datetime(moment).isoformat() if isinstance(moment, float) else _given(default)


def _timestamp_custom(
    value: Any,
    pattern: Any = "%Y-%m-%d %H:%M:%S",
    local: Any = True,  # noqa: FBT002 - Home Assistant's signature
    default: Any = _REQUIRED,
) -> Any:
    moment = _timestamp(value, None if default is _REQUIRED else default)
    if not isinstance(moment, float):
        return _given(default)
    return _strftime(_datetime(moment).astimezone() if local else _datetime(moment), pattern)


def _given(default: Any) -> Any:
    if default is _REQUIRED:
        raise ValueError("no moment")
    return default


def _strftime(value: Any, pattern: Any) -> str:
    if not isinstance(value, datetime) or "%" in _STRFTIME.sub("", _text(pattern)):
        raise ValueError("a format that is not allowed")
    return _short(value.strftime(_text(pattern)))


def _is_defined(value: Any) -> Any:
    return _defined(value)


OPERATORS: Mapping[str, Callable[..., Any]] = {
    "+": _plus,
    "-": _arithmetic(operator.sub),
    "*": _arithmetic(operator.mul),
    "/": _arithmetic(operator.truediv),
    "//": _arithmetic(operator.floordiv),
    "%": _arithmetic(operator.mod),
    "~": _concat,
}

FILTERS: Mapping[str, Callable[..., Any]] = {
    "abs": lambda value: abs(_operand(_defined(value))),
    "add": lambda value, amount, default=_REQUIRED: _plus(_float(value, default), amount),
    "as_datetime": _datetime,
    "as_local": lambda value: _datetime(value).astimezone(),
    "as_timestamp": _timestamp,
    "bitwise_and": lambda left, right: operator.and_(_operand(left), _operand(right)),
    "bitwise_or": lambda left, right: operator.or_(_operand(left), _operand(right)),
    "bool": _bool,
    "capitalize": lambda value: _text(value).capitalize(),
    "count": _length,
    "d": _default,
    "default": _default,
    "first": _first,
    "float": _float,
    "format": _format,
    "from_json": _from_json,
    "iif": _iif,
    "int": _int,
    "is_defined": _is_defined,
    "is_number": _is_number,
    "join": _join,
    "last": _last,
    "length": _length,
    "list": _items,
    "lower": lambda value: _short(_text(value).lower()),
    "max": _most,
    "min": _least,
    "multiply": lambda value, amount, default=_REQUIRED: _operand(_float(value, default)) * _operand(amount),
    "replace": _replace,
    "round": _round,
    "string": _text,
    "timestamp_custom": _timestamp_custom,
    "timestamp_local": _timestamp_local,
    "timestamp_utc": _timestamp_utc,
    "title": lambda value: _short(_text(value).title()),
    "to_json": _to_json,
    "tojson": _to_json,
    "trim": lambda value: _text(value).strip(),
    "upper": lambda value: _short(_text(value).upper()),
}

FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    name: FILTERS[name]
    for name in ("as_datetime", "as_timestamp", "bool", "float", "iif", "int", "is_number", "max", "min")
} | {"now": _now, "utcnow": _utcnow}

TESTS: Mapping[str, Callable[..., Any]] = {
    "divisibleby": lambda value, divisor: _operand(value) % _operand(divisor) == 0,
    "even": lambda value: _operand(value) % 2 == 0,
    "odd": lambda value: _operand(value) % 2 == 1,
}
"""Those that are more than a look: Jinja2's own would take a string for a format."""

METHODS: Mapping[str, Callable[..., Any]] = {
    "endswith": lambda value, end: _text(value).endswith(_text(end)),
    "get": lambda value, key, default=None: _mapping(value).get(key, default),
    "isoformat": lambda value: _datetime(value).isoformat(),
    "items": lambda value: list(_mapping(value).items()),
    "keys": lambda value: list(_mapping(value)),
    "lower": FILTERS["lower"],
    "replace": _replace,
    "split": _split,
    "startswith": lambda value, start: _text(value).startswith(_text(start)),
    "strftime": _strftime,
    "strip": lambda value, characters=None: _text(value).strip(characters),
    "timestamp": _timestamp,
    "title": FILTERS["title"],
    "upper": FILTERS["upper"],
    "values": lambda value: list(_mapping(value).values()),
}
