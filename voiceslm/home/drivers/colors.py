"""Colours as devices write them: red, green and blue; hue and saturation; CIE x and y. Pure.

Brightness is a property of its own, so hue and saturation, and x and y, are turned into the brightest red,
green and blue that look so.
"""

from __future__ import annotations

import colorsys
import math
import re
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

RGB: TypeAlias = tuple[int, int, int]
"""Each 0 to 255."""

WHITE: RGB = (255, 255, 255)

_NUMBER = re.compile(r"[-+]?\d*\.?\d+(?:e[-+]?\d+)?", re.IGNORECASE)
_LONGEST = 200
"""Characters of a colour's text; five numbers need fewer."""

# Philips' conversion for wide-gamut lamps, D65, from "RGB to xy Color conversion" of its Hue developer
# documents; Home Assistant and Zigbee2MQTT use the same.
_TO_XYZ = (
    (0.664511, 0.154324, 0.162028),
    (0.283881, 0.668433, 0.047685),
    (0.000088, 0.072310, 0.986039),
)
_FROM_XYZ = (
    (1.656492, -0.354851, -0.255038),
    (-0.707196, 1.655397, 0.036152),
    (0.051713, -0.121364, 1.011530),
)
_KNEE, _LINEAR_KNEE, _SLOPE, _OFFSET, _GAMMA = 0.04045, 0.0031308, 12.92, 0.055, 2.4
"""Of sRGB, IEC 61966-2-1."""


def numbers(text: str, count: int) -> tuple[float, ...] | None:
    """Return the ``count`` numbers that ``text`` lists, as in "255,0,0" or "[255, 0, 0]"; None for others."""
    found = [float(item) for item in _NUMBER.findall(text)] if len(text) <= _LONGEST else []
    return tuple(found) if len(found) == count and all(map(math.isfinite, found)) else None


def rgb(channels: Sequence[float]) -> RGB:
    """Return the nearest colour that there is to three channels of 0 to 255, none of them NaN."""
    red, green, blue = (round(min(max(channel, 0.0), 255.0)) for channel in channels)
    return red, green, blue


def rgb_from_hs(hue: float, saturation: float) -> RGB:
    """Return the brightest colour of ``hue`` in degrees and ``saturation`` in percent."""
    share = min(max(saturation, 0.0), 100.0) / 100
    return rgb([255 * channel for channel in colorsys.hsv_to_rgb((hue % 360) / 360, share, 1.0)])


def hs_from_rgb(color: RGB) -> tuple[float, float]:
    """Return hue in degrees and saturation in percent, to three places."""
    hue, saturation, _ = colorsys.rgb_to_hsv(*(channel / 255 for channel in color))
    return round(360 * hue, 3), round(100 * saturation, 3)


def xy_from_rgb(color: RGB) -> tuple[float, float]:
    """Return CIE 1931 x and y, to four places; black has those of white."""
    linear = [_linear(channel / 255) for channel in (color if any(color) else WHITE)]
    x, y, z = (sum(a * b for a, b in zip(row, linear, strict=True)) for row in _TO_XYZ)
    return round(x / (x + y + z), 4), round(y / (x + y + z), 4)


def rgb_from_xy(x: float, y: float) -> RGB | None:
    """Return the brightest colour of CIE 1931 ``x`` and ``y``; None where there is none."""
    if not (0 <= x <= 1 and 0 < y <= 1):
        return None
    xyz = (x / y, 1.0, (1 - x - y) / y)
    linear = [max(sum(a * b for a, b in zip(row, xyz, strict=True)), 0.0) for row in _FROM_XYZ]
    brightest = max(linear)
    return rgb([255 * _gamma(channel / brightest) for channel in linear]) if brightest > 0 else None


def scaled(color: RGB, percent: float) -> RGB:
    """Return ``color`` at a brightness of ``percent``."""
    return rgb([channel * percent / 100 for channel in color])


def brightest(color: RGB) -> tuple[RGB, int]:
    """Return ``color`` at full brightness, and the brightness in percent that it has."""
    top = max(color)
    return (
        (rgb([channel * 255 / top for channel in color]), max(1, round(100 * top / 255)))
        if top
        else (WHITE, 0)
    )


def white_apart(color: RGB) -> tuple[int, int, int, int]:
    """Return red, green, blue and, of lamps that have it, white: what all three have in common."""
    white = min(color)
    red, green, blue = color
    return red - white, green - white, blue - white, white


def white_mixed(red: float, green: float, blue: float, *whites: float) -> RGB:
    """Return the colour of a lamp with white light beside: the inverse of `white_apart`."""
    white = max(whites, default=0.0)
    return rgb([red + white, green + white, blue + white])


def _linear(channel: float) -> float:
    return float(((channel + _OFFSET) / (1 + _OFFSET)) ** _GAMMA) if channel > _KNEE else channel / _SLOPE


def _gamma(channel: float) -> float:
    if channel <= _LINEAR_KNEE:
        return channel * _SLOPE
    return float((1 + _OFFSET) * channel ** (1 / _GAMMA) - _OFFSET)
