"""One property or deed of one entity. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.entities import Change, Span

if TYPE_CHECKING:
    from voiceslm.entities import Entity, Value


def setting(entity: Entity, name: str, value: Value | None) -> Change | None:
    """Want ``name`` to be ``value``; None where the entity has no such thing, or does not take such a value.

    Whether a number is in its range is looked at later.
    """
    allowed = entity.settable.get(name)
    if allowed is None or value is None:
        return None
    if isinstance(allowed, Span):
        return Change(entity.id, {name: _whole(float(value))}) if isinstance(value, int | float) else None
    if isinstance(value, tuple):
        return Change(entity.id, {name: value})
    option = next((known for known in allowed.options if _folded(known) == _folded(str(value))), None)
    return None if option is None else Change(entity.id, {name: option})


def _folded(option: str) -> str:
    return option.casefold().replace("_", " ").replace("-", " ")


def _whole(value: float) -> int | float:
    return int(value) if value == int(value) else value


def doing(entity: Entity, deed: str) -> Change | None:
    """Want a deed of it; None where it has no such thing."""
    return Change(entity.id, deed=deed) if deed in entity.deeds else None
