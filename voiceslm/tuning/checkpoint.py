"""Where training stands, kept so that a crash at any moment leaves the last whole state."""

from __future__ import annotations

import errno
import io
import os
import pickle
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from voiceslm.errors import Problem

if TYPE_CHECKING:
    from pathlib import Path

NAME = "checkpoint.pt"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """All that is needed to go on as if nothing had happened."""

    fingerprint: str
    """Of the data, the base and the settings."""

    step: int
    """Steps that are done."""

    steps: int
    """Steps that there shall be."""

    seconds: float
    """How long those that are done took."""

    parameters: list[torch.Tensor]
    """What is trained, as `Lora.parameters` orders it."""

    optimizer: dict[str, Any]
    """The optimizer's own state."""


def save(folder: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint; the former one stays until this one is whole.

    Raises:
        Problem: it cannot be written, such as for lack of room.
    """
    content = io.BytesIO()
    torch.save({name: getattr(checkpoint, name) for name in Checkpoint.__slots__}, content)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write(folder / NAME, content.getbuffer())
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise Problem(
            f"the checkpoint cannot be written to {folder}: {'the disk is full' if full else error.strerror}",
            f"{'Free 100 MB' if full else 'Mend that'} and repeat the command: it goes on from the last",
        ) from error


def write(path: Path, content: memoryview) -> None:
    """Put ``content`` at ``path``, whole or not at all."""
    new = path.with_name(f".{path.name}.new")
    try:
        with new.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise


def load(folder: Path, fingerprint: str) -> Checkpoint | None:
    """Return the checkpoint in ``folder``; None where there is none, or one of other data or another base.

    Raises:
        Problem: it is damaged or cannot be read.
    """
    path = folder / NAME
    try:
        document = torch.load(path, map_location="cpu", weights_only=True)
        found = Checkpoint(**document)
    except FileNotFoundError:
        return None
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError, TypeError) as error:
        raise Problem(f"{path} cannot be read: {error}", "Delete it to begin anew") from None
    return found if found.fingerprint == fingerprint else None


def forget(folder: Path) -> None:
    """Delete the checkpoint: what it was for is done."""
    (folder / NAME).unlink(missing_ok=True)
