"""From the options that commands share to settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from voiceslm import config

if TYPE_CHECKING:
    from voiceslm.config import Settings


def settings_for(config_file: str | None, profile: str | None) -> Settings:
    """Return the settings in force; ``--profile`` beats file and environment.

    Raises:
        Problem: the configuration is wrong.
    """
    settings = config.load(Path(config_file) if config_file else None)
    return settings.model_copy(update={"profile": profile}) if profile else settings
