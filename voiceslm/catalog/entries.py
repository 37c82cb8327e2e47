"""What can be pulled: the two catalogs, read from TOML into small frozen dataclasses."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from voiceslm.errors import Problem

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

Kind = Literal["stt", "llm", "turn", "meaning", "voice"]
Commercial = Literal["yes", "no", "conditions"]
SourceName = Literal["hub", "index"]

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class WheelMember:
    """One file inside one wheel of the package index; the wheel is never installed, only unzipped."""

    project: str
    version: str
    member: str
    """Path inside the wheel."""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file of a model, as it must be on disk."""

    name: str
    bytes: int
    sha256: str | None
    """64 lower-case hex digits; None = unpinned, checked on the first pull against the hub's metadata."""

    wheels: tuple[WheelMember, ...] = ()
    """Members that, joined in this order, are the file; empty where the index does not carry it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One model or voice."""

    id: str
    kind: Kind
    description: str
    languages: tuple[str, ...]
    """ISO 639-1 codes; "*" = many more."""

    licence: str
    commercial: Commercial
    files: tuple[FileEntry, ...]
    sources: tuple[SourceName, ...]
    """In the order they are tried."""

    note: str = ""
    """What the conditions are, or why not."""

    gated: bool = False
    """The maker's own repository asks for an accepted licence before it lets anybody download."""

    lineage: str = ""
    """Voices: what the voice was trained or fine-tuned from, whose terms it may inherit."""

    hub: str = ""
    """Repository on the model hub, ``owner/name``."""

    revision: str = ""
    """Full commit hash of that repository."""

    hub_folder: str = ""
    """Folder inside that repository; empty = its top."""

    @property
    def bytes(self) -> int:
        """Size of all files together."""
        return sum(file.bytes for file in self.files)

    @property
    def pinned(self) -> bool:
        """Whether the catalog knows the hash of every file."""
        return all(file.sha256 for file in self.files)

    @property
    def noun(self) -> str:
        """``voice`` or ``model``, for sentences."""
        return "voice" if self.kind == "voice" else "model"

    @property
    def pull_command(self) -> str:
        """What a person types to get it."""
        return f"voiceslm {self.noun}s pull {self.id}"


@dataclass(frozen=True, slots=True)
class Profile:
    """Five models that work together, by id."""

    name: str
    stt: str
    turn: str
    meaning: str
    llm: str
    voice: str
    description: str


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything that can be pulled."""

    models: dict[str, Entry]
    voices: dict[str, Entry]
    profiles: dict[str, Profile]

    def find(self, name: str) -> Entry | None:
        """Return the entry called ``name``, whatever its case, or None."""
        known = {entry_id.lower(): entry for entry_id, entry in {**self.models, **self.voices}.items()}
        return known.get(name.lower())

    def get(self, name: str) -> Entry:
        """Return the entry called ``name``, whatever its case.

        Raises:
            Problem: no model and no voice has that name; the nearest one is suggested.
        """
        entry = self.find(name)
        if entry is None:
            raise unknown_name(name, [*self.models, *self.voices])
        return entry

    def of_profile(self, name: str) -> tuple[Entry, ...]:
        """Return the models of speech, end of turn, meaning and language, and the voice of a profile.

        Raises:
            Problem: no profile has that name.
        """
        if name not in self.profiles:
            raise Problem(f"there is no profile {name!r}", f"Profiles: {', '.join(self.profiles)}")
        profile = self.profiles[name]
        models = (self.models[name] for name in (profile.stt, profile.turn, profile.meaning, profile.llm))
        return (*models, self.voices[profile.voice])


def unknown_name(name: str, known: list[str]) -> Problem:
    """Return the problem that says nothing is called ``name``, with the nearest name that is."""
    lower = {entry_id.lower(): entry_id for entry_id in known}
    near = difflib.get_close_matches(name.lower(), lower, n=1)
    hint = f"Did you mean {lower[near[0]]}? " if near else ""
    return Problem(
        f"no model or voice is called {name!r}",
        f"{hint}See: voiceslm models list, voiceslm voices list",
    )


def load_catalog() -> Catalog:
    """Read both catalogs: from inside the installed package, else from the checkout.

    Raises:
        Problem: a catalog is missing or malformed.
    """
    models = _read("models")
    voices = _read("voices")
    profiles = {name: Profile(name=name, **table) for name, table in models.get("profiles", {}).items()}
    return Catalog(
        models={key: _entry(key, table) for key, table in models.get("models", {}).items()},
        voices={key: _entry(key, table) for key, table in voices.get("voices", {}).items()},
        profiles=profiles,
    )


def _read(name: str) -> dict[str, Any]:
    packaged: Traversable = resources.files("voiceslm.catalog") / "data" / f"{name}.toml"
    source: Traversable = packaged if packaged.is_file() else CHECKOUT / name / "catalog.toml"
    try:
        return tomllib.loads(source.read_text(encoding="utf-8"))
    except OSError as error:
        raise Problem(f"the {name} catalog is missing ({source})", "Install voiceslm again") from error
    except tomllib.TOMLDecodeError as error:
        raise Problem(f"the {name} catalog is not valid TOML: {error}", f"Correct {source}") from error


def _entry(entry_id: str, table: dict[str, Any]) -> Entry:
    try:
        return Entry(
            id=entry_id,
            kind=_one_of(table, "kind", Kind),
            description=table["description"],
            languages=tuple(table["languages"]),
            licence=table["licence"],
            commercial=_one_of(table, "commercial", Commercial),
            files=tuple(_file(file) for file in table["files"]),
            sources=tuple(cast("list[SourceName]", table["sources"])),
            note=table.get("note", ""),
            gated=table["gated"],
            lineage=table.get("lineage", ""),
            hub=table.get("hub", ""),
            revision=table.get("revision", ""),
            hub_folder=table.get("hub_folder", ""),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Problem(f"the catalog entry {entry_id} is malformed: {error}") from error


def _one_of(table: dict[str, Any], key: str, allowed: Any) -> Any:
    value = table[key]
    if value not in get_args(allowed):
        raise ValueError(f"{key} is {value!r}, not one of {', '.join(get_args(allowed))}")
    return value


def _file(table: dict[str, Any]) -> FileEntry:
    return FileEntry(
        name=table["name"],
        bytes=table["bytes"],
        sha256=table.get("sha256"),
        wheels=tuple(_wheel(spec) for spec in table.get("wheels", [])),
    )


def _wheel(spec: str) -> WheelMember:
    """Parse ``project==version:path/inside/the/wheel``."""
    requirement, _, member = spec.partition(":")
    project, _, version = requirement.partition("==")
    if not (project and version and member):
        raise ValueError(f"wheel {spec!r} is not of the form project==version:path")
    return WheelMember(project, version, member)
