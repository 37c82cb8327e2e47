"""What was learnt, on disk: examples, a line each, and beside them where they come from.

A line is written whole or, when the machine goes down in the middle of it, dropped at the next start.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from voiceslm.errors import Problem
from voiceslm.tuning import Example
from voiceslm.tuning.distil.checks import Said

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import BinaryIO, Self

    from voiceslm.entities import Entity
    from voiceslm.knowledge import Pack

FORMAT = 1
LARGEST_BYTES = 1 << 30


@dataclass(slots=True)
class About:
    """Where the examples of a file come from."""

    teacher: str
    """Its name."""

    licence: str
    """Terms under which what it writes may be used; empty where nobody said."""

    fingerprint: str
    """Of the home and of what is known."""

    date: str = ""
    """When the last one was written: ISO 8601, in UTC."""

    examples: int = 0
    accepted: Counter[str] = field(default_factory=Counter)
    """Task -> examples."""

    rejected: Counter[str] = field(default_factory=Counter)
    """Task and reason -> how many did not teach."""

    unanswered: Counter[str] = field(default_factory=Counter)
    """Why the teacher said nothing -> how often."""

    asked: list[str] = field(default_factory=list)
    """Keys of the lessons that were given."""

    def document(self) -> dict[str, Any]:
        """Return it for JSON."""
        names = (
            "teacher",
            "licence",
            "fingerprint",
            "date",
            "examples",
            "accepted",
            "rejected",
            "unanswered",
        )
        return {"format": FORMAT} | {name: getattr(self, name) for name in (*names, "asked")}

    @classmethod
    def of(cls, document: dict[str, Any]) -> About:
        """Return what `document` wrote.

        Raises:
            KeyError, TypeError, ValueError: it is nothing of the kind.
        """
        if document["format"] != FORMAT:
            raise ValueError(f"format {document['format']}")
        return cls(
            teacher=str(document["teacher"]),
            licence=str(document["licence"]),
            fingerprint=str(document["fingerprint"]),
            date=str(document["date"]),
            examples=int(document["examples"]),
            accepted=Counter(document["accepted"]),
            rejected=Counter(document["rejected"]),
            unanswered=Counter(document["unanswered"]),
            asked=[*map(str, document["asked"])],
        )


class Book:
    """A file of examples that grows; `with` opens and closes it."""

    def __init__(self, path: Path, about: About) -> None:
        """Open nothing yet.

        Args:
            path: of the examples; what is there already is kept, if it is of the same teacher about the same.
            about: what they come from.
        """
        self.path = path
        self.about = about
        self.said = Said()
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        """Open it, or begin it.

        Raises:
            Problem: it cannot be written, another command writes it, or it is about something else.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("a+b")
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._take_up()
        except BlockingIOError:
            self.__exit__()
            raise Problem(f"{self.path} is being written by another command", "Wait for it") from None
        except OSError as error:
            self.__exit__()
            raise self._unwritten(error) from None
        except Problem:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        """Close it."""
        if self._file is not None:
            self._file.close()
        self._file = None

    def add(self, task: str, example: Example) -> None:
        """Write an example.

        Raises:
            Problem: there is no room for it.
        """
        assert self._file is not None
        try:
            self._file.write(f"{example.line()}\n".encode())
            self._file.flush()
        except OSError as error:
            raise self._unwritten(error) from None
        self.said.add(_sentence(example), example.reply)
        self.about.examples += 1
        self.about.accepted[task] += 1

    def save(self) -> None:
        """Write where the examples come from; the old word stands until the new one is whole.

        Raises:
            Problem: there is no room for it.
        """
        self.about.date = datetime.now(UTC).isoformat(timespec="seconds")
        target = beside(self.path)
        half = target.with_name(f"{target.name}.part")
        try:
            half.write_text(json.dumps(self.about.document(), indent=1, ensure_ascii=False), "utf-8")
            half.replace(target)
        except OSError as error:
            raise self._unwritten(error) from None

    def _take_up(self) -> None:
        """Go on where the last one ended."""
        assert self._file is not None
        self._file.seek(0)
        if os.fstat(self._file.fileno()).st_size > LARGEST_BYTES:
            raise Problem(f"{self.path} is too large to go on with", "Name another file")
        content = self._file.read()
        whole = content.rfind(b"\n") + 1
        if content and not beside(self.path).exists():
            raise Problem(f"{self.path} is there already, and nothing says whence", "Name another file")
        if content:
            self._compare(read_about(self.path))
            self.about.examples = 0
        for number, line in enumerate(content[:whole].decode("utf-8", "replace").splitlines(), 1):
            try:
                example = Example.of(json.loads(line))
            except (ValueError, KeyError, TypeError, IndexError):
                raise Problem(
                    f"{self.path}, line {number} is no example", "Remove it, or name another file"
                ) from None
            self.said.add(_sentence(example), example.reply)
            self.about.examples += 1
        self._file.truncate(whole)

    def _compare(self, before: About) -> None:
        if before.teacher != self.about.teacher:
            raise Problem(f"{self.path} was written by {before.teacher}", "Name another file")
        if before.fingerprint != self.about.fingerprint:
            raise Problem(f"{self.path} is about another home, or other knowledge", "Name another file")
        before.licence = self.about.licence or before.licence
        self.about = before

    def _unwritten(self, error: OSError) -> Problem:
        return Problem(
            f"{self.path} cannot be written: {error.strerror}",
            "Make room, or name another file; what is there stays",
        )


def _sentence(example: Example) -> str:
    """Return what is said: of what is known, the last message holds more than the question."""
    return example.messages[-1].content if example.device else example.phrasing


def beside(path: Path) -> Path:
    """Return the file that says where the examples of ``path`` come from."""
    return path.with_name(f"{path.name.removesuffix('.jsonl')}.about.json")


def read_about(path: Path) -> About:
    """Return where the examples of ``path`` come from.

    Raises:
        Problem: nothing says so, or nothing that can be read.
    """
    file = beside(path)
    try:
        document = json.loads(file.read_text("utf-8"))
        return About.of(document)
    except OSError as error:
        raise Problem(f"{file} cannot be read: {error.strerror}", "Name another file") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Problem(f"{file} does not say where examples come from", "Name another file") from None


def fingerprint(entities: Iterable[Entity], pack: Pack | None) -> str:
    """Return what a home and what is known are known by."""
    things = sorted(
        [
            one.id,
            one.name,
            *sorted(one.aliases),
            one.area,
            *sorted(map(str, one.settable.items())),
            *sorted(one.deeds),
        ]
        for one in entities
    )
    texts = [[one.question, one.answer] for one in pack.pairs] if pack else []
    texts += [[one.heading, one.text] for one in pack.passages] if pack else []
    return hashlib.sha256(json.dumps([things, texts]).encode()).hexdigest()[:16]
