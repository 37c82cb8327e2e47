"""What a model is taught of, from options: a home, documents."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from voiceslm.cli.output import err
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from voiceslm.config import Settings
    from voiceslm.entities import Entity
    from voiceslm.knowledge import Pack


def home_of(settings: Settings, sample: int | None, seed: int) -> Sequence[Entity]:
    """Return what is in the home, or in a made-up one of ``sample`` devices; nothing where there is none.

    Raises:
        Problem: the broker cannot be reached.
    """
    if sample is not None:
        from voiceslm.bench.home.sampled import sample_home  # noqa: PLC0415 - a help text should not wait for it
        from voiceslm.bench.tune.homes import entities_of  # noqa: PLC0415

        return entities_of(sample_home(sample, seed))
    return asyncio.run(_visited(settings)) if settings.mqtt.host else ()


def pack_of(paths: Sequence[Path]) -> Pack | None:
    """Return what stands in documents, and tell what cannot be taken; None where none are named.

    Raises:
        Problem: nothing could be read of them.
    """
    if not paths:
        return None
    from voiceslm.knowledge.reading import read  # noqa: PLC0415 - a home alone needs none of it

    pack, faults = read(paths)
    for fault in faults:
        err.print(f"{fault.file}: {fault.why}", markup=False, soft_wrap=True)
    if not pack:
        raise Problem("nothing could be read of what is to be known", "Name documents that hold text")
    return pack


async def _visited(settings: Settings) -> Sequence[Entity]:
    from voiceslm.residence import visited  # noqa: PLC0415 - a mistyped option should not wait for it

    async with visited(settings, lambda _: None) as residence:
        if trouble := residence.trouble:
            raise trouble
        return [*residence.home.entities.values()]
