"""Shopping and to-do lists by voice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voiceslm.skills.keeping import kept
from voiceslm.skills.lists import ITEM_LONGEST, MOST_ITEMS, MOST_LISTS, SHOPPING, is_for_tasks
from voiceslm.skills.skill import Reply, said
from voiceslm.skills.speech import begun, counted, joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceslm.events import Intent
    from voiceslm.skills.lists import Lists
    from voiceslm.skills.skill import Context, Skill

MOST_READ = 10
"""Items read aloud; nobody remembers more."""

TOO_MANY_LISTS = f"You already have {MOST_LISTS} lists."

_ONE_THING = frozenset(
    {
        *("mac and cheese", "macaroni and cheese", "salt and pepper", "fish and chips", "bread and butter"),
        *("peanut butter and jelly", "oil and vinegar", "half and half", "gin and tonic", "rice and beans"),
        *("pork and beans", "cookies and cream", "salt and vinegar chips", "bacon and eggs", "black and tan"),
    }
)
"""What is bought together, or as one."""

_EVERYTHING = frozenset({"everything", "all", "all items", "all the items", "the items"})

_SEPARATOR = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+|\s*&\s*", re.IGNORECASE)
_COMMA = re.compile(r"\s*,\s*(?:and\s+)?")
_BEFORE_ITEM = re.compile(r"^(?:some|an?|the)\s+(?=\S)", re.IGNORECASE)


class ListSkill:
    """Answers the list intents of Home Assistant and those of the sentences of this project."""

    def __init__(self, lists: Lists) -> None:
        """Speak about ``lists``."""
        self._lists = lists

    def skills(self) -> dict[str, Skill]:
        """Return the skill for each intent."""
        return {
            "HassShoppingListAddItem": self._add,
            "HassShoppingListCompleteItem": self._complete,
            "HassListAddItem": self._add,
            "HassListCompleteItem": self._complete,
            "HassListRemoveItem": self._remove,
            "list_read": self._read,
            "list_has": self._has,
            "list_clear": self._clear,
            "list_create": self._create,
            "lists": self._names,
        }

    def _add(self, intent: Intent, _context: Context) -> Reply:
        wanted = _wanted_list(intent)
        known = self._lists.called(wanted)
        name = known or self._lists.new_name(wanted)
        if name is None:
            return Reply(TOO_MANY_LISTS)
        items = _items(intent, tasks=is_for_tasks(name))
        if not items:
            return Reply("What shall I add?")
        there = [found for item in items if (found := self._lists.find(name, item))]
        new = [item for item in items if not self._lists.find(name, item)]
        if not new:
            return Reply(f"{begun(joined(there))} {_is(there)} already on {_the(name)}.")
        if len(self._lists.items(name)) + len(new) > MOST_ITEMS:
            return Reply(f"{begun(_the(name))} is full.")
        where = _the(name) if known else f"your new {name} list"
        return kept(self._lists, f"Added {joined(new)} to {where}.", lambda: self._lists.add(name, new))

    def _remove(self, intent: Intent, context: Context) -> Reply:
        return self._take(intent, context, "Removed {items} from {list}.")

    def _complete(self, intent: Intent, context: Context) -> Reply:
        return self._take(intent, context, "Took {items} off {list}.")

    def _take(self, intent: Intent, context: Context, done: str) -> Reply:
        name = self._lists.called(_wanted_list(intent))
        if name is None:
            return self._no_such_list(intent)
        if said(intent.slots, "item").lower() in _EVERYTHING:
            return self._clear(intent, context)
        wanted = _items(intent, tasks=True)
        if not all(self._lists.find(name, item) for item in wanted):
            wanted = _items(intent, tasks=False)
        found = [item for said in wanted if (item := self._lists.find(name, said))]
        if not found:
            return Reply(f"{begun(joined(wanted))} {_is(wanted)} not on {_the(name)}.")
        text = done.format(items=joined(found), list=_the(name))
        return kept(self._lists, text, lambda: self._lists.remove(name, found))

    def _read(self, intent: Intent, _context: Context) -> Reply | None:
        name = self._lists.called(_wanted_list(intent))
        if name is None:
            return None
        items = self._lists.items(name)
        if not items:
            return Reply(f"{begun(_the(name))} is empty.")
        if len(items) > MOST_READ:
            rest = counted(len(items) - MOST_READ, "other thing")
            return Reply(f"On {_the(name)}: {', '.join(items[:MOST_READ])} and {rest}.")
        return Reply(f"On {_the(name)}: {joined(items)}.")

    def _has(self, intent: Intent, _context: Context) -> Reply | None:
        name = self._lists.called(_wanted_list(intent))
        item = joined(_items(intent, tasks=True))
        if name is None or not item:
            return None
        found = self._lists.find(name, item)
        return Reply(
            f"Yes, {found} {_is([found])} on {_the(name)}."
            if found
            else f"No, {item} {_is([item])} not on {_the(name)}."
        )

    def _clear(self, intent: Intent, _context: Context) -> Reply:
        name = self._lists.called(_wanted_list(intent))
        if name is None:
            return self._no_such_list(intent)
        items = self._lists.items(name)
        if not items:
            return Reply(f"{begun(_the(name))} is already empty.")
        return kept(self._lists, f"Cleared {_the(name)}.", lambda: self._lists.remove(name, items))

    def _create(self, intent: Intent, _context: Context) -> Reply:
        wanted = said(intent.slots, "name")
        if not wanted:
            return Reply("Say what it shall be called: make a list called holidays, for example.")
        if there := self._lists.called(wanted):
            return Reply(f"You already have {_a(there)}.")
        name = self._lists.new_name(wanted)
        if name is None:
            return Reply(TOO_MANY_LISTS)
        return kept(self._lists, f"Now you have {_a(name)}.", lambda: self._lists.create(name))

    def _names(self, _intent: Intent, _context: Context) -> Reply:
        names = self._lists.names
        return Reply(f"You have {counted(len(names), 'list')}: {joined(names)}.")

    def _no_such_list(self, intent: Intent) -> Reply:
        return Reply(f"You have no {_wanted_list(intent).removesuffix(' list')} list.")


def _wanted_list(intent: Intent) -> str:
    """Return the words for the list; the shopping list where there are none."""
    return said(intent.slots, "name") or SHOPPING


def _items(intent: Intent, *, tasks: bool) -> list[str]:
    """Return the things to add or to take off: "milk and eggs" are two, "call mum and dad" is one.

    Args:
        intent: with the slot ``item``; commas, which recognition drops, are looked up in its text.
        tasks: they are things to do, which only commas part.
    """
    item = _as_written(said(intent.slots, "item"), intent.text)
    parts = _COMMA.split(item) if tasks or item.lower() in _ONE_THING else _SEPARATOR.split(item)
    bare = [_BEFORE_ITEM.sub("", part.strip(" .!?"))[:ITEM_LONGEST].strip() for part in parts]
    return list(dict.fromkeys(filter(None, bare)))


def _as_written(item: str, text: str) -> str:
    """Return ``item`` with the punctuation that it has in ``text``, where it is in there."""
    words = re.findall(r"[^\W_]+", item)
    found = re.search(r"[\W_]+".join(map(re.escape, words)), text, re.IGNORECASE) if words else None
    return found[0] if found else item


def _the(name: str) -> str:
    return f"your {name} list"


def _a(name: str) -> str:
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name} list"


def _is(items: Sequence[str]) -> str:
    """Return is or are: "milk is", "eggs are"."""
    return "are" if len(items) > 1 or (items[0].endswith("s") and not items[0].endswith("ss")) else "is"
