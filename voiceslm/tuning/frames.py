"""Sentences with places for what they are about, and what is answered to them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from voiceslm.entities import Kind
from voiceslm.tuning.data import read

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Frame:
    """One way of saying one thing."""

    sentence: str
    """With places in braces, (one|of|several) and [what may be missing]."""

    call: str
    """What follows the device in the answer, with the same places."""

    device_class: str = ""
    """Only for entities of this class; empty for all."""

    @property
    def of_area(self) -> bool:
        """Whether it names a room and no device."""
        return "{area}" in self.sentence and "{name" not in self.sentence

    @property
    def shared(self) -> bool:
        """Whether several devices can be named in the place of one."""
        return "{name}" in self.sentence and "{area}" not in self.sentence


@lru_cache(maxsize=1)
def frames() -> Mapping[Kind, Mapping[str, tuple[Frame, ...]]]:
    """Return kind -> call -> the ways to ask for it."""
    found: dict[Kind, dict[str, list[Frame]]] = {}
    block: dict[str, Any]
    for block in read("frames.yaml"):
        for kind in map(Kind, block["kinds"].split()):
            ways = found.setdefault(kind, {}).setdefault(block["call"], [])
            ways += (Frame(said, block["call"], block.get("class", "")) for said in block["say"])
    return {kind: {call: tuple(ways) for call, ways in calls.items()} for kind, calls in found.items()}


@lru_cache(maxsize=1)
def strangers() -> Mapping[str, tuple[str, ...]]:
    """Return none, ask -> sentences that are answered so."""
    return {reply: tuple(said) for reply, said in read("strangers.yaml").items()}
