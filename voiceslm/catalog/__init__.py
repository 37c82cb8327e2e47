"""Models and voices: what there is, what is here, how it gets here. Only `pull` touches the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voiceslm.catalog.checks import Report, Verdict, verify
from voiceslm.catalog.entries import Catalog, Entry, FileEntry, Kind, Profile, WheelMember, load_catalog
from voiceslm.catalog.locate import resolve
from voiceslm.catalog.progress import Progress, Silent
from voiceslm.catalog.store import State, Store

if TYPE_CHECKING:
    from voiceslm.catalog.pulling import Pulled

__all__ = [
    "Catalog",
    "Entry",
    "FileEntry",
    "Kind",
    "Profile",
    "Progress",
    "Report",
    "Silent",
    "State",
    "Store",
    "Verdict",
    "WheelMember",
    "load_catalog",
    "pull",
    "remove",
    "resolve",
    "verify",
]


def pull(entry: Entry, store: Store, *, progress: Progress | None = None) -> Pulled:
    """Bring what is missing or wrong of a model onto this machine; see `voiceslm.catalog.pulling.pull`."""
    # The HTTP and index libraries take a second to import, which no other command should pay.
    from voiceslm.catalog.pulling import pull as pull_now  # noqa: PLC0415

    return pull_now(entry, store, progress=progress)


def remove(entry: Entry, store: Store) -> int:
    """Delete a model from this machine and return the bytes freed.

    Raises:
        Problem: the cache cannot be written to.
    """
    with store.lock(entry, lambda _: None):
        return store.remove(entry)
