"""Named lists of things to buy and to do, kept over restarts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, TypeAdapter
from rapidfuzz import fuzz, process
from rapidfuzz.utils import default_process

from voiceslm.skills.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

SHOPPING, TO_DO = "shopping", "to-do"
"""The lists that every home has."""

MOST_LISTS = 20
MOST_ITEMS = 200
ITEM_LONGEST = 100
NAME_LONGEST = 60
"""Characters."""

ALIKE = 82.0
"""Of 100: from here on two names, or two items, are the same one, misheard by a letter or two."""

Items = tuple[Annotated[str, Field(min_length=1, max_length=ITEM_LONGEST)], ...]
Name = Annotated[str, Field(min_length=1, max_length=NAME_LONGEST)]
Content = dict[Name, Annotated[Items, Field(max_length=MOST_ITEMS)]]

SHAPE: TypeAdapter[Content] = TypeAdapter(Content)

_SHOPPING_NAMES = frozenset({"", "shopping", "grocery", "groceries"})
_TO_DO_WORDS = re.compile(r"\b(?:to[ -]?dos?|tasks?|chores?)\b", re.IGNORECASE)
_NOISE = re.compile(r"^(?:my|the|our|a)\s+|\s+lists?$", re.IGNORECASE)


class Lists:
    """All lists. Changes happen at once in memory; `save` writes them."""

    def __init__(
        self,
        path: Path | None = None,
        *,
        names: Sequence[str] = (),
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        """Load what was kept at ``path``; None keeps nothing. Reads a file: before the event loop is busy.

        Args:
            path: of the JSON file.
            names: of lists that this home has besides the shopping list, spelled as they shall be spoken.
            on_change: called after every change.
        """
        self.store: Store[Content] = Store(path, SHAPE, {})
        self.on_change = on_change
        self._declared = (SHOPPING, *names) if any(map(_is_to_do, names)) else (SHOPPING, TO_DO, *names)
        self._content: Content = self.store.load()

    @property
    def names(self) -> list[str]:
        """Every list that there is, the declared ones first."""
        return [*self._declared, *(name for name in self._content if name not in self._declared)]

    def items(self, name: str) -> Items:
        """Return what is on the list of exactly this name, in the order in which it was added."""
        return self._content.get(name, ())

    def called(self, said: str) -> str | None:
        """Return the name of the list that ``said`` means, None where there is none like it."""
        wanted = _bare(said)
        if wanted.lower() in _SHOPPING_NAMES:
            return SHOPPING
        found = self._closest(wanted) or self._closest(_TO_DO_WORDS.sub("", wanted).strip())
        if found is None and _is_to_do(wanted):
            found = next(filter(_is_to_do, self.names), None)
        return found

    def new_name(self, said: str) -> str | None:
        """Return the name that a new list gets after ``said``; None where no more lists fit."""
        name = _bare(said)[:NAME_LONGEST]
        return name if name and len({*self.names, *self._content}) < MOST_LISTS else None

    def add(self, name: str, items: Iterable[str]) -> None:
        """Add ``items`` to a list, which comes into being with the first; what is too much is left out."""
        old = self.items(name)
        new = tuple(item[:ITEM_LONGEST] for item in items)
        self._put(name, (*old, *(item for item in new if item not in old))[:MOST_ITEMS])

    def create(self, name: str) -> None:
        """Let there be a list."""
        self._put(name, self.items(name))

    def remove(self, name: str, items: Iterable[str]) -> None:
        """Take ``items`` off a list; they are spelled as they are there."""
        gone = set(items)
        self._put(name, tuple(item for item in self.items(name) if item not in gone))

    def find(self, name: str, said: str) -> str | None:
        """Return the item of a list that ``said`` means, as it is spelled there; None where there is none."""
        return _closest(said, self.items(name))

    async def save(self) -> None:
        """Write to disk; where that fails, `store` knows."""
        await self.store.save(dict(self._content))

    def _closest(self, wanted: str) -> str | None:
        return _closest(wanted, self.names)

    def _put(self, name: str, items: Items) -> None:
        if self._content.get(name) != items:
            self._content[name] = items
            self.on_change()


def is_for_tasks(name: str) -> bool:
    """Tell whether the things on a list of this name are done, not bought."""
    return _is_to_do(name)


def _is_to_do(name: str) -> bool:
    return _TO_DO_WORDS.search(name) is not None


def _bare(said: str) -> str:
    """Return a name without "my" and "list"."""
    before, name = "", " ".join(said.split())
    while name != before:
        before, name = name, _NOISE.sub("", f"{name}").strip()
    return "" if name.lower() in ("list", "lists") else name


def _closest(wanted: str, choices: Sequence[str]) -> str | None:
    """Return the choice most like ``wanted``."""
    if not default_process(wanted):
        return None
    found = process.extractOne(
        wanted, choices, scorer=fuzz.ratio, processor=default_process, score_cutoff=ALIKE
    )
    return found[0] if found else None
