"""Reading files to say whether they are what the catalog promises."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from voiceslm.catalog.entries import Entry, FileEntry
    from voiceslm.catalog.store import Store


class Verdict(StrEnum):
    """What reading every byte of a model says about it."""

    OK = "ok"
    ABSENT = "absent"
    INCOMPLETE = "incomplete"
    DAMAGED = "damaged"
    UNKNOWN = "unknown"
    """Right sizes, but neither the catalog nor a pull recorded a hash."""


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of verifying one model."""

    entry: Entry
    verdict: Verdict
    faults: tuple[str, ...] = ()
    """One line a file that is not right."""


def sha256_of(path: Path) -> str:
    """Return the hash of a file as 64 hex digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def expected_sha256(entry: Entry, file: FileEntry, store: Store) -> str | None:
    """Return the hash a file must have: the catalog's, else the one recorded when it was pulled."""
    if file.sha256:
        return file.sha256
    seal = store.seals(entry).get(file.name)
    return seal.sha256 if seal else None


def fault_of(entry: Entry, file: FileEntry, store: Store) -> tuple[Verdict, str]:
    """Read one file and say what is wrong with it; re-seals it when nothing is.

    A cache that cannot be written to is no fault: the file is simply hashed again next time.
    """
    path = store.path(entry, file)
    size = store.size(entry, file)
    if size is None:
        return Verdict.INCOMPLETE, f"{path} is missing"
    if size != file.bytes:
        return Verdict.INCOMPLETE, f"{path} has {size:,} of {file.bytes:,} bytes"
    expected = expected_sha256(entry, file, store)
    if expected is None:
        return Verdict.UNKNOWN, f"{path} has no recorded hash to compare with"
    actual = sha256_of(path)
    sound = actual == expected
    try:
        if sound:
            store.seal(entry, file, actual)
        else:
            store.unseal(entry, file)
    except OSError:
        pass
    return (Verdict.OK, "") if sound else (Verdict.DAMAGED, f"{path} has the wrong hash ({actual[:12]}…)")


def is_sound(entry: Entry, file: FileEntry, store: Store) -> bool:
    """Whether a file is right: at once where it is unchanged since it was last hashed, else by reading it."""
    return store.is_sealed(entry, file) or fault_of(entry, file, store)[0] is Verdict.OK


def verify(entry: Entry, store: Store) -> Report:
    """Read every byte of a model and compare it with the catalog."""
    if all(store.size(entry, file) is None for file in entry.files):
        return Report(entry, Verdict.ABSENT)
    results = [fault_of(entry, file, store) for file in entry.files]
    faults = tuple(fault for _, fault in results if fault)
    for verdict in (Verdict.DAMAGED, Verdict.INCOMPLETE, Verdict.UNKNOWN):
        if any(found is verdict for found, _ in results):
            return Report(entry, verdict, faults)
    return Report(entry, Verdict.OK)
