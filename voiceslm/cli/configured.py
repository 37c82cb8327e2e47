"""From the options that commands share to settings."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from voiceslm import config

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voiceslm.config import Settings


class Scope(StrEnum):
    """What may be spoken of."""

    OPEN = "open"
    STRICT = "strict"


ScopeOption = Annotated[
    Scope | None,
    typer.Option("--scope", help="strict: nothing but what is known is spoken of; open: all else as well."),
]


def settings_for(config_file: str | None, profile: str | None) -> Settings:
    """Return the settings in force; ``--profile`` beats file and environment.

    Raises:
        Problem: the configuration is wrong.
    """
    settings = config.load(Path(config_file) if config_file else None)
    return settings.model_copy(update={"profile": profile}) if profile else settings


def with_knowledge(settings: Settings, paths: Sequence[Path] | None, scope: Scope | None) -> Settings:
    """Return ``settings`` with other documents, and another scope, where they are given."""
    given: dict[str, Any] = {}
    if paths:
        given["paths"] = [str(path.absolute()) for path in paths]
    if scope:
        given["scope"] = scope.value
    return settings.model_copy(update={"knowledge": settings.knowledge.model_copy(update=given)})
