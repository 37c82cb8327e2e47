"""The models of the service: copied from the person who installs it, else pulled."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from voiceslm.catalog import Entry, State, Store, Verdict, load_catalog, verify
from voiceslm.catalog.store import MARKER
from voiceslm.daemon.service.files import explained, give, remove
from voiceslm.daemon.service.layout import USER
from voiceslm.engines import models_of

if TYPE_CHECKING:
    from voiceslm.config import Settings


def wanted(settings: Settings) -> list[Entry]:
    """Return the models of the catalog that the settings name; paths are the person's own business.

    Raises:
        Problem: there is no such profile.
    """
    catalog, models = load_catalog(), models_of(settings)
    knows = bool(settings.knowledge.paths)
    meaning = [catalog.profiles[settings.profile].meaning] if knows else []
    found = (catalog.find(name) for name in (models.stt, models.turn, *meaning, models.llm, models.voice))
    return [entry for entry in found if entry is not None]


def missing(entries: list[Entry], store: Store) -> list[Entry]:
    """Return those that are not whole and verified in ``store``, as far as this user may look."""
    return [entry for entry in entries if not _whole(entry, store)]


def bring(entry: Entry, source: Store, target: Store) -> bool:
    """Copy a model that is whole in ``source`` to ``target``; say whether it is there now, and right.

    A copy and not a hard link: systemd gives the service's folder to the service, the user's file with it.

    Raises:
        Problem: it cannot be written.
    """
    if not _whole(entry, source):
        return False
    folder = target.folder(entry)
    partial = folder.with_name(f".{folder.name}.new")
    with explained(folder):
        remove(partial)
        remove(folder)
        partial.mkdir(parents=True)
        for file in entry.files:
            shutil.copy2(source.path(entry, file), partial / file.name)
            (partial / file.name).chmod(0o644)
        shutil.copy2(source.folder(entry) / MARKER, partial / MARKER)
        partial.rename(folder)
    return verify(entry, target).verdict is Verdict.OK


def _whole(entry: Entry, store: Store) -> bool:
    try:
        return store.state(entry) is State.VERIFIED
    except PermissionError:
        return False


def hand_over(target: Store) -> None:
    """Let the service own its models.

    Raises:
        Problem: it cannot be done.
    """
    target.root.chmod(0o700)
    give(target.root, USER)
