"""From the name of a model, or a path, to the file or folder an engine opens. Never touches the network."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from voiceslm.catalog.checks import Verdict, fault_of
from voiceslm.catalog.entries import Entry, load_catalog, unknown_name
from voiceslm.catalog.store import State, Store
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from voiceslm.catalog.entries import Kind

GGUF_MAGIC = b"GGUF"
NAMES = {
    "stt": "speech recognition model",
    "llm": "language model",
    "turn": "end-of-turn model",
    "meaning": "model of meaning",
    "voice": "voice",
}


def resolve(name_or_path: str, kind: Kind, store: Store | None = None) -> Path:
    """Return what the engine of ``kind`` opens.

    Args:
        name_or_path: a catalog id, or the path of a file or folder of one's own.
        kind: which engine asks.
        store: where pulled files lie; the user's own when None.

    Returns:
        The folder for "stt", the ``.gguf`` file for "llm", the ``.onnx`` file for the others (a voice has its
        ``.onnx.json`` beside it, a model of meaning ``tokenizer.json``).

    Raises:
        Problem: unknown, of another kind, absent, half here, damaged, or implausible.
    """
    catalog = load_catalog()
    pathlike = os.sep in name_or_path or name_or_path.startswith(("~", "."))
    entry = None if pathlike else catalog.find(name_or_path)
    if entry is not None:
        return _pulled(entry, kind, store or Store())
    path = Path(name_or_path).expanduser()
    if pathlike or path.exists():
        return _local(path, kind)
    known = catalog.voices if kind == "voice" else catalog.models
    raise unknown_name(name_or_path, [key for key, entry in known.items() if entry.kind == kind])


def _pulled(entry: Entry, kind: Kind, store: Store) -> Path:
    if entry.kind != kind:
        raise Problem(
            f"{entry.id} is a {NAMES[entry.kind]}, not a {NAMES[kind]}", "See: voiceslm models list"
        )
    if store.state(entry) is State.ABSENT:
        raise Problem(f"{entry.noun} {entry.id} is not on this machine", f"Type: {entry.pull_command}")
    for file in entry.files:
        if store.is_sealed(entry, file):
            continue
        verdict, fault = fault_of(entry, file, store)
        if verdict is not Verdict.OK:
            raise Problem(f"{entry.noun} {entry.id} is {verdict}: {fault}", f"Type: {entry.pull_command}")
    if kind == "stt":
        return store.folder(entry)
    suffix = ".gguf" if kind == "llm" else ".onnx"
    return next(store.path(entry, file) for file in entry.files if file.name.endswith(suffix))


def _local(path: Path, kind: Kind) -> Path:
    if not path.exists():
        raise Problem(f"{path} does not exist", f"Name a {NAMES[kind]} of the catalog, or a path that exists")
    check = {
        "stt": _check_ctranslate2,
        "llm": _check_gguf,
        "turn": _check_onnx,
        "meaning": _check_onnx,
        "voice": _check_voice,
    }[kind]
    try:
        check(path)
    except OSError as error:
        raise Problem(f"cannot read {path}: {error.strerror}", "Check its permissions") from error
    return path


def _check_ctranslate2(path: Path) -> None:
    missing = [name for name in ("model.bin", "config.json", "tokenizer.json") if not (path / name).is_file()]
    if not list(path.glob("vocabulary.*")):
        missing.append("vocabulary.txt")
    if missing:
        # Without tokenizer.json faster-whisper would fetch one from the network.
        raise Problem(
            f"{path} is not a whole CTranslate2 Whisper folder: {', '.join(missing)} missing",
            "Copy the missing files from where the model was converted",
        )


def _check_gguf(path: Path) -> None:
    if not path.is_file():
        raise Problem(f"{path} is a folder, not a GGUF file", "Name the .gguf file itself")
    with path.open("rb") as stream:
        magic = stream.read(len(GGUF_MAGIC))
    if magic != GGUF_MAGIC:
        raise Problem(f"{path} is not a GGUF file: it starts with {magic!r}", "Name a .gguf file")


def _check_onnx(path: Path) -> None:
    if path.suffix != ".onnx" or not path.is_file() or path.stat().st_size == 0:
        raise Problem(f"{path} is not an ONNX file", "Name the .onnx file itself")


def _check_voice(path: Path) -> None:
    _check_onnx(path)
    beside = path.with_name(path.name + ".json")
    if not beside.is_file():
        raise Problem(f"{beside} is missing", "A Piper voice is two files: NAME.onnx and NAME.onnx.json")
    try:
        document = json.loads(beside.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Problem(
            f"{beside} is not valid JSON: {error}", "Download the voice's .onnx.json again"
        ) from error
    if not isinstance(document, dict) or not {"audio", "phoneme_id_map"} <= document.keys():
        raise Problem(f"{beside} does not describe a Piper voice", "Download the voice's .onnx.json again")
