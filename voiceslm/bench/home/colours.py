"""Colours as lamps are told them: red-green-blue, hue-saturation, or a place in the CIE 1931 diagram."""

from __future__ import annotations

import colorsys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    Colour = tuple[int, int, int]

_TO_XYZ = ((0.664511, 0.154324, 0.162028), (0.283881, 0.668433, 0.047685), (0.000088, 0.072310, 0.986039))
_FROM_XYZ = (
    (1.656492, -0.354851, -0.255038),
    (-0.707196, 1.655397, 0.036152),
    (0.051713, -0.121364, 1.011530),
)
"""Wide gamut RGB D65, as in Philips' published "Color conversion formulas: RGB to XY" for Hue lamps."""


def from_hs(hs: Sequence[float]) -> Colour:
    """Return the brightest colour with a hue of 0 to 360 and a saturation of 0 to 100."""
    return _whole(colorsys.hsv_to_rgb(hs[0] / 360, hs[1] / 100, 1.0))


def to_hs(colour: Colour) -> tuple[float, float]:
    """Return hue (0 to 360) and saturation (0 to 100)."""
    hue, saturation, _ = colorsys.rgb_to_hsv(*(part / 255 for part in colour))
    return round(hue * 360, 1), round(saturation * 100, 1)


def from_xy(xy: Sequence[float]) -> Colour:
    """Return the brightest colour at a place in the diagram."""
    x, y = xy[0], max(xy[1], 1e-6)
    xyz = (x / y, 1.0, (1.0 - x - y) / y)
    linear = [max(0.0, sum(a * b for a, b in zip(row, xyz, strict=True))) for row in _FROM_XYZ]
    most = max(*linear, 1e-6)
    return _whole([_bent(part / most) for part in linear])


def to_xy(colour: Colour) -> tuple[float, float]:
    """Return the place in the diagram; white's for black."""
    linear = [_straight(part / 255) for part in colour] if any(colour) else [1.0, 1.0, 1.0]
    x, y, z = (sum(a * b for a, b in zip(row, linear, strict=True)) for row in _TO_XYZ)
    return round(x / (x + y + z), 4), round(y / (x + y + z), 4)


def _straight(part: float) -> float:
    return ((part + 0.055) / 1.055) ** 2.4 if part > 0.04045 else part / 12.92  # noqa: PLR2004 - sRGB's


def _bent(part: float) -> float:
    return 1.055 * part ** (1 / 2.4) - 0.055 if part > 0.0031308 else part * 12.92  # noqa: PLR2004 - sRGB's


def _whole(parts: Sequence[float]) -> Colour:
    red, green, blue = (round(part * 255) for part in parts)
    return red, green, blue
