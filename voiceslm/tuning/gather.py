"""Everything that can be learnt, from wherever it comes, and who else has a word in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from voiceslm.errors import Problem
from voiceslm.tuning.distil.book import beside, read_about
from voiceslm.tuning.home import home_examples
from voiceslm.tuning.known import known_examples
from voiceslm.tuning.own import read_examples
from voiceslm.tuning.recorded import recorded_examples

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from voiceslm.entities import Entity
    from voiceslm.knowledge import Pack
    from voiceslm.tuning import Example
    from voiceslm.tuning.own import Fault

TOLD_FAULTS = 5
"""Of a file, those that are told one by one."""


@dataclass(slots=True)
class Gathered:
    """Examples, and where they come from."""

    entities: Sequence[Entity] = ()
    """Of the owner's home."""

    examples: list[Example] = field(default_factory=list)

    notes: list[str] = field(default_factory=list)
    """What could not be used, and why."""

    teachers: dict[str, str] = field(default_factory=dict)
    """Model that has written examples -> terms of its licence."""

    @property
    def counts(self) -> dict[str, int]:
        """Source -> examples."""
        return dict(Counter(example.source for example in self.examples))

    @property
    def teacher(self) -> str:
        """Names of the models that have written examples; empty for none."""
        return ", ".join(self.teachers)

    @property
    def terms(self) -> str:
        """What their licences ask."""
        return ", ".join(terms or "not stated" for terms in self.teachers.values())


def gather(
    entities: Sequence[Entity],
    *,
    most: int,
    files: Sequence[Path] = (),
    recorded: Path | None = None,
    pack: Pack | None = None,
    persona: str,
    seed: int,
) -> Gathered:
    """Return all examples there are.

    Args:
        entities: of the home; none: nothing of it is learnt.
        most: sentences to the home, at most.
        files: of the owner, or of a teacher.
        recorded: folder of recorded turns, of which the approved ones are learnt.
        pack: what is known.
        persona: the system message of conversations.
        seed: the same number, the same examples.

    Raises:
        Problem: a file cannot be read.
    """
    found = Gathered(entities)
    if entities and most:
        found.examples += home_examples(entities, seed=seed, most=most)
    for path in files:
        examples, faults = read_examples(path, entities, persona=persona)
        found.examples += examples
        _note(found, str(path), faults)
        if beside(path).exists():
            about = read_about(path)
            found.teachers[about.teacher] = about.licence
    if recorded and recorded.is_dir():
        examples, faults = recorded_examples(recorded, entities, persona=persona)
        found.examples += examples
        _note(found, str(recorded), faults)
    if pack:
        found.examples += known_examples(pack, persona=persona, seed=seed)
    return found


def require_examples(found: Gathered) -> None:
    """See whether there is anything to learn.

    Raises:
        Problem: there is not.
    """
    if not found.examples:
        why = f" ({found.notes[0]})" if found.notes else ""
        raise Problem(
            f"there is nothing to learn{why}",
            "Configure a broker, or give --sample 30, --knowledge PATH or --examples FILE",
        )


def _note(found: Gathered, where: str, faults: Sequence[Fault]) -> None:
    found.notes += [f"{where}, line {fault.line}: {fault.why}" for fault in faults[:TOLD_FAULTS]]
    if len(faults) > TOLD_FAULTS:
        found.notes.append(f"{where}: {len(faults) - TOLD_FAULTS} more lines are of no use")
