"""What of a language is not in its templates: its numbers, its verbs, the words for kinds of things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Words:
    """The section ``words`` of a file of home sentences; all in lower case."""

    numbers: Mapping[str, int]
    """Word -> number: one to twenty, and the tens."""

    ordinals: Mapping[str, str]
    """Word -> how it is written with digits: first, 1st."""

    kinds: Mapping[str, tuple[str, ...]]
    """Kind of entity -> words for such a thing, the commonest first."""

    generic: frozenset[str]
    """What says a kind of thing and so names none alone: "the lamp"."""

    options: Mapping[str, tuple[str, ...]]
    """Option of a device -> other words for it: fan_only, "fan"."""

    questions: frozenset[str]
    """First words of a question."""

    polite: frozenset[str]
    """First words of a command that is put as a question."""

    verbs: frozenset[str]
    """First words of a command."""

    openings: frozenset[str]
    """Verbs that begin another command wherever they stand: "turn"; not "light", which is a thing as well."""

    endings: frozenset[str]
    """Last words of a command without a verb: "kitchen light off"."""

    fillers: frozenset[str]
    """What may come before or after anything and says nothing."""

    joints: tuple[str, ...]
    """What joins two commands, the longest first."""

    homophones: Mapping[str, tuple[str, ...]]
    """Word as it is heard -> what it may have been."""

    ordinary: frozenset[str]
    """Words of the language that are what they are, however near they come to one that this home knows."""

    inflections: tuple[str, ...]
    """Endings with which a known word is another word, not a misheard one."""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Words:
        """Return the words of a parsed section."""
        return cls(
            numbers={str(word): int(value) for word, value in data["numbers"].items()},
            ordinals={str(word): str(digits) for word, digits in data["ordinals"].items()},
            kinds=_lists(data["kinds"]),
            generic=frozenset(_words(data["generic"])),
            options=_lists(data["options"]),
            questions=frozenset(_words(data["questions"])),
            polite=frozenset(_words(data["polite"])),
            verbs=frozenset(_words(data["verbs"])),
            openings=frozenset(_words(data["openings"])),
            endings=frozenset(_words(data["endings"])),
            fillers=frozenset(_words(data["fillers"])),
            joints=tuple(data["joints"]),
            homophones=_lists(data["homophones"]),
            ordinary=frozenset(_words(data["ordinary"])),
            inflections=tuple(_words(data["inflections"])),
        )


def _words(text: str | Iterable[str]) -> tuple[str, ...]:
    """Return the words of one long line, or of a list."""
    return tuple(text.split()) if isinstance(text, str) else tuple(text)


def _lists(data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {str(key): tuple(str(value) for value in values) for key, values in data.items()}
