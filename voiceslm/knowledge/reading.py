"""Files to a pack: Markdown, text, HTML, PDF, and questions with answers in CSV or JSON lines.

What is in a document is data: nothing in it is ever followed, whatever it says.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from voiceslm.knowledge import Pack, Pair, Passage
from voiceslm.knowledge.agreeing import contradictions, once
from voiceslm.knowledge.faults import Fault, Unreadable
from voiceslm.knowledge.finding import SUFFIXES, find
from voiceslm.knowledge.markdown import of_markdown
from voiceslm.knowledge.pages import of_html
from voiceslm.knowledge.pairs import of_csv, of_json_lines
from voiceslm.knowledge.pdf import of_pdf
from voiceslm.knowledge.texts import decoded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from voiceslm.knowledge.finding import Document

LARGEST_BYTES = 4_000_000
"""Of a file: a thick book. What is larger is no pack for a voice."""

LARGEST_PDF = 40_000_000
"""Pictures and fonts are most of it."""

MOST_PASSAGES = 20_000
MOST_PAIRS = 20_000

MOST_FAULTS = 20
"""Of one file; where there are more, it is told how many."""

_READERS: dict[str, Callable[[str, str], Iterator[Pair | Passage | Fault]]] = {
    ".md": of_markdown,
    ".markdown": of_markdown,
    ".txt": of_markdown,
    ".html": of_html,
    ".htm": of_html,
    ".csv": of_csv,
    ".tsv": of_csv,
    ".jsonl": of_json_lines,
}


def read(paths: Iterable[Path]) -> tuple[Pack, tuple[Fault, ...]]:
    """Read files, and folders with all that is below them, in order of their names.

    Returns:
        What is known, and what could not be taken and why. Nothing that is wrong with one file keeps another
        from being read.
    """
    pairs: list[Pair] = []
    passages: list[Passage] = []
    faults: list[Fault] = []
    for document in find(paths):
        if isinstance(document, Fault):
            faults.append(document)
            continue
        found = _all_of(document)
        pairs += [one for one in found if isinstance(one, Pair)]
        passages += [one for one in found if isinstance(one, Passage)]
        faults += _few([one for one in found if isinstance(one, Fault)], document.name)
    unique, contradicted = once(pairs)
    known = list(dict.fromkeys(passages))
    faults += _few([*contradicted, *contradictions(known[:MOST_PASSAGES])], "contradictions")
    faults += _too_many(len(known), MOST_PASSAGES, "passages")
    faults += _too_many(len(unique), MOST_PAIRS, "questions")
    return Pack(tuple(unique[:MOST_PAIRS]), tuple(known[:MOST_PASSAGES])), tuple(faults)


def _all_of(document: Document) -> list[Pair | Passage | Fault]:
    """Return all that is in a file; a fault where that is nothing."""
    found: list[Pair | Passage | Fault] = []
    try:
        for one in _contents(document):
            found.append(one)
            if len(found) > MOST_PASSAGES + MOST_PAIRS:
                found.append(Fault(document.name, "it is too long; its beginning is used"))
                break
    except Unreadable as error:
        found.append(Fault(document.name, str(error)))
    except OSError as error:
        found.append(Fault(document.name, f"it cannot be read: {error.strerror or error}"))
    return found or [Fault(document.name, "there is nothing in it")]


def _contents(document: Document) -> Iterator[Pair | Passage | Fault]:
    suffix = document.path.suffix.lower()
    if suffix not in SUFFIXES:
        raise Unreadable(f"{suffix or 'a file without an ending'} is not read; {', '.join(SUFFIXES)} are")
    most = LARGEST_PDF if suffix == ".pdf" else LARGEST_BYTES
    if document.size > most:
        raise Unreadable(f"it is too large ({document.size / 1e6:.0f} MB; {most / 1e6:.0f} are allowed)")
    if suffix == ".pdf":
        yield from of_pdf(document.path, document.name)
        return
    with document.path.open("rb") as file:
        data = file.read(most)  # it may have grown
    yield from _READERS[suffix](decoded(data), document.name)


def _few(faults: list[Fault], name: str) -> list[Fault]:
    """Return faults, or some of them and how many more there are; those of a kind are counted together."""
    if len(faults) <= MOST_FAULTS:
        return faults
    kinds = Counter(one.why for one in faults[MOST_FAULTS:])
    commonest = kinds.most_common(1)[0][0]
    more = len(faults) - MOST_FAULTS
    return [*faults[:MOST_FAULTS], Fault(name, f"{more:,} more of the kind: {commonest}")]


def _too_many(count: int, most: int, what: str) -> list[Fault]:
    return [Fault("", f"{count:,} {what} are too many; the first {most:,} are used")] if count > most else []
