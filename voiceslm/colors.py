"""Colours by their English names, as CSS has them where it has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

COLORS: Mapping[str, tuple[int, int, int]] = {
    "white": (255, 255, 255),
    "black": (0, 0, 0),
    "red": (255, 0, 0),
    "orange": (255, 128, 0),
    "yellow": (255, 255, 0),
    "green": (0, 255, 0),
    "blue": (0, 0, 255),
    "purple": (128, 0, 255),
    "brown": (165, 42, 42),
    "pink": (255, 105, 180),
    "turquoise": (64, 224, 208),
    "cyan": (0, 255, 255),
    "magenta": (255, 0, 255),
    "violet": (148, 0, 211),
    "lime": (128, 255, 0),
    "teal": (0, 128, 128),
    "gold": (255, 200, 0),
    "lavender": (180, 150, 255),
}
"""Red, green, blue; 0 to 255. Orange and pink are more saturated than CSS's, which lamps show as white."""


def named(color: tuple[int, int, int]) -> str:
    """Return the name nearest to ``color``."""
    return min(COLORS, key=lambda name: sum((a - b) ** 2 for a, b in zip(COLORS[name], color, strict=True)))
