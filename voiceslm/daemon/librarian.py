"""Tells what is known beyond the language model, each time that it has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voiceslm.daemon.onlooker import Onlooker
    from voiceslm.knowledge.library import Library


class Librarian:
    """Looks whether documents were read."""

    def __init__(self, library: Library | None, onlooker: Onlooker) -> None:
        """Have told nothing; ``library`` is None where nothing is configured."""
        self._library = library
        self._onlooker = onlooker
        self._told = ""

    def tell(self) -> None:
        """Say how much is known, and what could not be taken, if that is news."""
        library = self._library
        if library is None:
            return
        news = f"{library.seen} {library.trouble}"
        if news == self._told:
            return
        self._told = news
        if library.trouble:
            self._onlooker.on_trouble(f"nothing that is known can be looked up: {library.trouble}")
            return
        self._onlooker.on_note(f"known: {library.summary}")
        for fault in library.faults:
            self._onlooker.on_trouble(f"{fault.file}: {fault.why}")
