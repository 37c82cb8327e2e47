"""Bringing a model onto this machine: one source after another, until every file has its hash."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceslm.catalog.assemble import assemble, read_journal
from voiceslm.catalog.checks import is_sound
from voiceslm.catalog.download import Spoiled, bytes_here, fetch
from voiceslm.catalog.hub import hub_plan
from voiceslm.catalog.progress import Silent
from voiceslm.catalog.sources import label
from voiceslm.catalog.store import Store, writing_to
from voiceslm.catalog.web import Unavailable, open_client
from voiceslm.catalog.wheels import index_plan
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from voiceslm.catalog.entries import Entry, FileEntry, SourceName
    from voiceslm.catalog.progress import Progress
    from voiceslm.catalog.sources import Piece, Plan

SPARE_BYTES = 32 * 2**20
"""Left free beyond what a pull needs, so that it does not fill a disk to the last byte."""

PLANNERS: dict[SourceName, Callable[[Entry, tuple[FileEntry, ...], httpx.Client], Plan]] = {
    "hub": hub_plan,
    "index": index_plan,
}


@dataclass(frozen=True, slots=True)
class Pulled:
    """The outcome of a pull."""

    entry: Entry
    source: str
    """Which source served, for people; empty when everything was here already."""

    seconds: float


def pull(entry: Entry, store: Store, *, progress: Progress | None = None) -> Pulled:
    """Bring what is missing or wrong of a model onto this machine, going on where an earlier pull stopped.

    Args:
        entry: the model.
        store: where it goes.
        progress: told about bytes and events; nobody when None.

    Raises:
        Problem: no source can serve it, the disk is too small, or the cache cannot be written to.
        KeyboardInterrupt: as it comes; what has arrived stays for the next pull.
    """
    began = time.monotonic()
    watcher = progress or Silent()
    with store.lock(entry, watcher.say), open_client() as client, writing_to(store.root):
        source = ""
        if _missing(entry, store):
            source = _from_first_source(entry, store, client, watcher)
        shutil.rmtree(store.parts(entry), ignore_errors=True)
    return Pulled(entry, source, time.monotonic() - began)


def _missing(entry: Entry, store: Store) -> tuple[FileEntry, ...]:
    return tuple(file for file in entry.files if not is_sound(entry, file, store))


def _from_first_source(entry: Entry, store: Store, client: httpx.Client, progress: Progress) -> str:
    """Try the sources in the catalog's order and return the one that served."""
    refusals: list[str] = []
    remedies: list[str] = []
    for number, name in enumerate(entry.sources):
        try:
            plan = PLANNERS[name](entry, _missing(entry, store), client)
            _carry_out(plan, entry, store, client, progress)
        except Unavailable as why:
            if isinstance(why, Spoiled):
                shutil.rmtree(store.parts(entry), ignore_errors=True)
            refusals.append(f"{label(name)}: {why}")
            remedies += [why.remedy] if why.remedy else []
            following = entry.sources[number + 1 :]
            if following:
                progress.say(f"{entry.id}: {refusals[-1]}; trying {label(following[0])}")
        else:
            return plan.source
    remedy = (
        remedies[0] if remedies else "Check the network, the proxy and the index settings, then pull again"
    )
    raise Problem(f"cannot pull {entry.id} ({'; '.join(refusals)})", remedy)


def _carry_out(plan: Plan, entry: Entry, store: Store, client: httpx.Client, progress: Progress) -> None:
    folder = store.parts(entry)
    folder.mkdir(parents=True, exist_ok=True)
    pieces = _outstanding(plan, store, entry)
    here = sum(bytes_here(piece, folder) for piece in pieces)
    total = sum(piece.bytes or 0 for piece in pieces)
    _check_space(plan, store, total - here)
    for recipe in plan.recipes:
        if not recipe.file.sha256:
            progress.say(
                f"{entry.id}: the catalog has no hash of {recipe.file.name}; "
                f"it is checked against the hub's own, at commit {recipe.commit[:12]}"
            )
    progress.say(f"{entry.id}: from {plan.source}")
    progress.start(entry.id, total, here)
    fetch(pieces, folder, client, progress)
    for number, recipe in enumerate(plan.recipes):
        later = {strip.piece.key for other in plan.recipes[number + 1 :] for strip in other.strips}
        sha256 = assemble(recipe, folder, store.path(entry, recipe.file), later)
        store.seal(entry, recipe.file, sha256, recipe.commit)


def _outstanding(plan: Plan, store: Store, entry: Entry) -> list[Piece]:
    """Return the pieces still to be used, leaving out what an earlier pull already joined."""
    folder = store.parts(entry)
    strips = [
        strip for recipe in plan.recipes for strip in recipe.strips[read_journal(recipe, folder).strips :]
    ]
    return list(dict.fromkeys(strip.piece for strip in strips))


def _check_space(plan: Plan, store: Store, to_fetch: int) -> None:
    """Refuse before the first byte where the disk cannot hold the download and one piece joined beside it."""
    joined = max(-(-recipe.file.bytes // len(recipe.strips)) for recipe in plan.recipes)
    needed = to_fetch + joined + SPARE_BYTES
    free = shutil.disk_usage(store.root).free
    if free < needed:
        raise Problem(
            f"no room in {store.root}: {needed / 1e6:,.0f} MB are needed, {free / 1e6:,.0f} MB are free",
            "Free some space, or set XDG_CACHE_HOME to a folder on a larger disk",
        )
