"""Which profile this machine is quick enough for. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_SECONDS = 1.5
"""From the end of speech to the first sound of the answer: longer, and people say it again."""

PROMPT_TOKENS = 16
"""Of a short question with what stands around it: all that a turn has to read."""

CLAUSE_TOKENS = 8
"""Of the first clause, after which the voice begins."""


@dataclass(frozen=True, slots=True)
class Speeds:
    """What was measured; seconds of computing."""

    stt: float
    """For an utterance of about three seconds."""

    prompt: float
    """For `PROMPT_TOKENS`, to the first token of the answer."""

    token: float
    """For each further one."""

    voice: float
    """For the first clause."""

    @property
    def first_sound(self) -> float:
        """From the end of speech to the first sound, when one comes after the other."""
        return self.stt + self.prompt + (CLAUSE_TOKENS - 1) * self.token + self.voice


@dataclass(frozen=True, slots=True)
class Cost:
    """What a profile's models cost, in relation to the default's."""

    stt: float
    prompt: float
    token: float


COSTS: Mapping[str, Cost] = {
    "default": Cost(stt=1.0, prompt=1.0, token=1.0),
    "small": Cost(stt=1.0, prompt=0.45, token=0.55),
    "tiny": Cost(stt=0.75, prompt=0.25, token=0.4),
}
"""From the largest to the smallest. Measured on two cores of an AMD EPYC: whisper-tiny.en takes 0.16 s where
whisper-base takes 0.22; 16 tokens take 0.27 s with the 1.5B model, 0.12 with the 0.5B, 0.06 with the 135M; a
token takes 38 ms, 22 and 15."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Which profile to take."""

    profile: str
    seconds: Mapping[str, float]
    """To the first sound, of each profile; only the present one is measured."""

    quick_enough: bool
    """Whether any is."""


def recommend(measured: Speeds, profile: str, *, fits: Mapping[str, bool]) -> Recommendation:
    """Return the largest profile that fits the memory and answers within `LONGEST_SECONDS`.

    Args:
        measured: with the models of ``profile``.
        profile: one of `COSTS`.
        fits: whether the memory is enough, by profile.
    """
    now = COSTS[profile]
    seconds = {
        name: Speeds(
            stt=measured.stt * cost.stt / now.stt,
            prompt=measured.prompt * cost.prompt / now.prompt,
            token=measured.token * cost.token / now.token,
            voice=measured.voice,
        ).first_sound
        for name, cost in COSTS.items()
    }
    quick = [name for name in COSTS if fits.get(name, True) and seconds[name] <= LONGEST_SECONDS]
    return Recommendation(quick[0] if quick else "tiny", seconds, bool(quick))
