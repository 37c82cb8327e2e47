"""Adapters: what a model has learnt besides, each a folder with a manifest and the weights.

`voiceslm tune` makes them, the assistant only reads them. The manifest is replaced as a whole and names the
weights by their hash, so that at any moment there is one whole adapter, and the one before it to go back to.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
from collections.abc import Mapping, Sequence  # noqa: TC003 - pydantic reads annotations at run time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from voiceslm.llm import Message

MANIFEST = "adapter.json"
PREVIOUS = "previous.json"
FILE = "adapter.gguf"
"""Where `voiceslm tune` leaves the weights before they are installed."""

LARGEST_MANIFEST = 100_000
"""Bytes; a longer one was not written here."""

MOST_HEADS, MOST_HEAD_BYTES = 8, 50_000
"""Of all heads together: the manifest has room for them. What begins in more ways is no fixed set."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_HASH = r"^[0-9a-f]{64}$"


class Manifest(BaseModel):
    """What is known about an adapter."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str = Field(max_length=64)
    file: str = Field(pattern=r"^adapter[0-9a-f-]*\.gguf$")
    """Beside the manifest."""

    sha256: str = Field(pattern=_HASH)
    """Of that file."""

    base: str = Field(max_length=4096)
    """Id or path of the model that it belongs to."""

    base_sha256: str = Field(pattern=_HASH)
    """Of that model's GGUF file: beside any other one the adapter would mean nothing."""

    made: str = Field(max_length=40)
    """When, in ISO 8601."""

    fingerprint: str = Field(pattern=_HASH)
    """Of the examples that it was made of."""

    examples: Mapping[str, int]
    """How many came from where: source -> number."""

    tools: bool = False
    """Whether it knows the home: then the model is not told of it any more, but for a few words."""

    heads: Sequence[Annotated[str, Field(max_length=MOST_HEAD_BYTES)]] = Field(
        default=(), max_length=MOST_HEADS
    )
    """System messages of the prompts that it is applied to: those it was made with; empty for all prompts."""

    teacher: str = Field(default="", max_length=4096)
    """The model that has written some of the examples; empty for none."""

    terms: str = Field(default="", max_length=4096)
    """What the teacher's licence asks of what was learnt of it."""

    before: Mapping[str, float] = Field(default_factory=dict)
    after: Mapping[str, float] = Field(default_factory=dict)
    """What was right of what the model was asked without it and with it: test -> share."""


class Adapter:
    """One adapter on this machine."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        """Keep what was read."""
        self.folder = folder
        self.manifest = manifest

    @property
    def path(self) -> Path:
        """The file that llama.cpp applies."""
        return self.folder / self.manifest.file


def head_of(messages: Sequence[Message]) -> str:
    """Return the system message that a conversation begins with; empty where it has none."""
    first = messages[0] if messages else None
    return first.content if first and first.role == "system" else ""


def heads_of(conversations: Iterable[Sequence[Message]]) -> tuple[str, ...]:
    """Return what ``conversations`` begin with, each once; empty where that is too much to keep."""
    heads = tuple(sorted({*map(head_of, conversations)}))
    try:
        size = sum(len(head.encode()) for head in heads)
    except UnicodeEncodeError:  # half a character, which JSON can hold in an owner's file
        return ()
    return heads if len(heads) <= MOST_HEADS and size <= MOST_HEAD_BYTES else ()


def applies(heads: Collection[str], messages: Sequence[Message]) -> bool:
    """Say whether an adapter for ``heads`` is applied to a conversation that begins with ``messages``."""
    return not heads or head_of(messages) in heads


def adapters_folder() -> Path:
    """Return where adapters are kept: with the service's state, else with the user's data."""
    if service := os.environ.get("STATE_DIRECTORY"):
        return Path(service.split(":", maxsplit=1)[0]) / "adapters"
    return platformdirs.user_data_path("voiceslm") / "adapters"


def names() -> list[str]:
    """Return the names of those that are here, broken ones too."""
    with contextlib.suppress(OSError):
        return sorted(folder.name for folder in adapters_folder().iterdir() if (folder / MANIFEST).is_file())
    return []


def find(name: str) -> Adapter:
    """Return an adapter by its name, or by the path of its folder.

    Raises:
        Problem: there is none, or what is there is broken.
    """
    pathlike = os.sep in name or name.startswith(("~", "."))
    folder = Path(name).expanduser() if pathlike else _place(name)
    if not (folder / MANIFEST).is_file():
        known = ", ".join(names()) or "none"
        raise Problem(
            f"there is no adapter {name!r} ({folder / MANIFEST} does not exist)",
            f"Leave llm.adapter empty, make one with voiceslm tune, or name one of: {known}",
        )
    return Adapter(folder, _read(folder / MANIFEST))


def check(adapter: Adapter, base: Path, base_sha256: str) -> None:
    """See whether an adapter is whole and belongs to the model in ``base``.

    Raises:
        Problem: it does not, or its file is missing or damaged.
    """
    manifest = adapter.manifest
    if manifest.base_sha256 != base_sha256:
        raise Problem(
            f"the adapter {manifest.name} belongs to another model: to {manifest.base} "
            f"({manifest.base_sha256[:12]}…), not to {base.name} ({base_sha256[:12]}…)",
            "Set llm.model to that one, leave llm.adapter empty, or make one for this model: voiceslm tune",
        )
    try:
        found = _sha256(adapter.path)
    except OSError as error:
        raise _broken(adapter.path, f"cannot be read: {error.strerror}") from None
    if found != manifest.sha256:
        raise _broken(adapter.path, f"is damaged: its hash is {found[:12]}…, not {manifest.sha256[:12]}…")


def install(folder: Path, name: str) -> Adapter:
    """Put what lies in ``folder`` (`FILE` and `MANIFEST`) in place as ``name``; the one before it is kept.

    Raises:
        Problem: it is broken, or there is no room for it.
    """
    made = _read(folder / MANIFEST)
    place = _place(name)
    manifest = made.model_copy(update={"name": name, "file": f"adapter-{made.sha256[:12]}.gguf"})
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = place / f".{manifest.file}.new"
        shutil.copyfile(folder / made.file, fresh)
        _flush(fresh)
        fresh.replace(place / manifest.file)
        if (place / MANIFEST).is_file():
            _write(place / PREVIOUS, (place / MANIFEST).read_bytes())
        _write(place / MANIFEST, manifest.model_dump_json(indent=1).encode())
    except OSError as error:
        raise Problem(
            f"the adapter cannot be written to {place}: {error.strerror}",
            f"Mend that; it lies in {folder} until then",
        ) from None
    _sweep(place)
    return Adapter(place, manifest)


def rollback(name: str) -> Adapter:
    """Go back to the adapter before; once more, and the newer one is there again.

    Raises:
        Problem: there is none, or it is broken.
    """
    place = _place(name)
    if not (place / PREVIOUS).is_file():
        raise Problem(f"there is no adapter before {name!r} to go back to", "See: voiceslm tune --list")
    previous = Adapter(place, _read(place / PREVIOUS))
    if not previous.path.is_file():
        raise _broken(previous.path, "is missing")
    try:
        current = (place / MANIFEST).read_bytes()
        _write(place / MANIFEST, (place / PREVIOUS).read_bytes())
        _write(place / PREVIOUS, current)
    except OSError as error:
        raise Problem(
            f"{place} cannot be written to: {error.strerror}", "Mend that, then repeat it"
        ) from None
    return previous


def require_name(name: str) -> None:
    """See whether an adapter can be called ``name``.

    Raises:
        Problem: it cannot be.
    """
    if not _NAME.fullmatch(name):
        raise Problem(f"{name!r} is no name of an adapter", "Use letters, digits, dots, - and _, 64 at most")


def _place(name: str) -> Path:
    require_name(name)
    return adapters_folder() / name


def _read(path: Path) -> Manifest:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_MANIFEST + 1)
        if len(content) > LARGEST_MANIFEST:
            raise _broken(path, f"is longer than {LARGEST_MANIFEST:,} bytes")
        return Manifest.model_validate_json(content)
    except OSError as error:
        raise _broken(path, f"cannot be read: {error.strerror}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise _broken(path, f"is broken: {f'{where}: ' if where else ''}{first['msg']}") from None


def _broken(path: Path, why: str) -> Problem:
    return Problem(
        f"the adapter's file {path} {why}",
        "Make it anew (voiceslm tune), go back (voiceslm tune --rollback), or leave llm.adapter empty",
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, content: bytes) -> None:
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(content)
    _flush(fresh)
    fresh.replace(path)


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _sweep(place: Path) -> None:
    """Delete weights that no manifest names any more."""
    with contextlib.suppress(OSError, Problem):
        kept = {_read(place / name).file for name in (MANIFEST, PREVIOUS) if (place / name).is_file()}
        for path in place.glob("*.gguf"):
            if path.name not in kept:
                path.unlink()
