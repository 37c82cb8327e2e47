"""Coughs, made of noise: a burst, a hiss that falls off, now and then a hum after it.

After the phases in Korpás, Sadloňová, Vrabec: Analysis of the cough sound, Pulm. Pharmacol. 1996: explosive
(30 to 50 ms), intermediate (noise, about 200 ms), and a voiced third one in some.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from voiceslm.audio import RATE

if TYPE_CHECKING:
    from voiceslm.events import Samples

LEAST, MOST = 1, 3
"""Coughs in a fit."""

GAP_SECONDS = (0.12, 0.35)
BURST_SECONDS, HISS_SECONDS, HUM_SECONDS = 0.04, 0.22, 0.12
BURST_BAND, HISS_BAND = (200.0, 6000.0), (400.0, 4000.0)
HUM_HERTZ = (95.0, 220.0)
VOICED = 0.5
"""Share of the coughs that end in a hum."""


def coughs(generator: np.random.Generator) -> Samples:
    """Return a fit of one to three coughs, float32 [n] at 16 kHz."""
    parts: list[Samples] = []
    for _ in range(generator.integers(LEAST, MOST + 1)):
        parts += [cough(generator), np.zeros(round(generator.uniform(*GAP_SECONDS) * RATE), np.float32)]
    return np.concatenate(parts[:-1]).astype(np.float32)


def cough(generator: np.random.Generator) -> Samples:
    """Return one cough, float32 [n] at 16 kHz."""
    burst = _noise(generator, BURST_SECONDS, BURST_BAND) * np.hanning(round(BURST_SECONDS * RATE))
    hiss = _noise(generator, HISS_SECONDS * generator.uniform(0.7, 1.3), HISS_BAND)
    parts = [burst, 0.5 * hiss * np.exp(-4 * np.linspace(0, 1, len(hiss)))]
    if generator.random() < VOICED:
        time = np.arange(round(HUM_SECONDS * RATE)) / RATE
        pitch = generator.uniform(*HUM_HERTZ)
        orders = np.arange(1, 9)[:, None]
        hum = (np.sin(2 * np.pi * pitch * orders * time) / orders).sum(axis=0)
        parts.append(0.15 * hum * np.hanning(len(time)))
    return np.concatenate(parts).astype(np.float32)


def _noise(generator: np.random.Generator, seconds: float, band: tuple[float, float]) -> Samples:
    spectrum = np.fft.rfft(generator.standard_normal(round(seconds * RATE)))
    hertz = np.fft.rfftfreq(round(seconds * RATE), 1 / RATE)
    spectrum[(hertz < band[0]) | (hertz > band[1])] = 0
    sound = np.fft.irfft(spectrum, round(seconds * RATE))
    return np.asarray(sound / max(float(np.abs(sound).max()), 1e-9), np.float32)
