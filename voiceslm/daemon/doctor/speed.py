"""How quick each engine is on this machine, and which profile that is enough for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from voiceslm.catalog import load_catalog
from voiceslm.daemon.doctor import memory
from voiceslm.daemon.doctor.finding import advice, ok
from voiceslm.daemon.doctor.measuring import measure_llm, measure_stt, measure_voice, paths_of
from voiceslm.daemon.doctor.profiles import COSTS, LONGEST_SECONDS, Recommendation, Speeds, recommend
from voiceslm.engines import models_of
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from voiceslm.config import Settings
    from voiceslm.daemon.doctor.case import Case
    from voiceslm.daemon.doctor.finding import Finding

BUSY = 0.7
"""Load a core over the last minute from which other programs spoil the figures."""


def check(case: Case) -> Iterator[Finding]:
    """Measure all engines with the models of the settings."""
    settings = case.settings
    paths = _paths(settings)
    room = memory.gather(settings, runs=False)
    if paths is None or room.available + room.swap < room.needed:
        yield advice(
            "speed.turn",
            "how quick it is was not measured",
            "models are missing" if paths is None else "there is too little memory for it",
            "Mend what is found above; then type: voiceslm doctor",
        )
        return
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    case.say("Measuring the voice")
    voice = measure_voice(settings, paths["voice"])
    yield ok("speed.voice", f"the voice computes {voice.factor:.2f} s for a second of speech")
    case.say("Measuring speech recognition")
    stt, said = measure_stt(settings, paths["stt"], voice.request), voice.request.seconds
    yield ok(
        "speed.stt", f"speech recognition computes {stt:.2f} s for {said:.1f} s of speech ({stt / said:.2f})"
    )
    case.say("Measuring the language model")
    llm = measure_llm(settings, paths["llm"])
    yield ok(
        "speed.llm",
        f"the language model reads {llm.reading:.3g} tokens a second and writes {1 / llm.token:.2g}",
    )
    speeds = Speeds(stt, llm.prompt, llm.token, voice.seconds)
    if load > BUSY and speeds.first_sound > LONGEST_SECONDS:
        yield advice(
            "speed.turn",
            "how quick it would be alone is not known",
            f"other programs kept the processor busy while it was measured (load {load:.1f} a core)",
            "End them, or wait; then type: voiceslm doctor",
        )
        return
    yield judge(speeds, settings, room)


def judge(speeds: Speeds, settings: Settings, room: memory.Facts) -> Finding:
    """Say which profile to take; for models of one's own only how quick they are."""
    check, profile = "speed.turn", settings.profile
    if not as_in_profile(settings):
        return _plain(speeds.first_sound, "these models")
    fits = {
        name: memory.needed_by(settings.model_copy(update={"profile": name})) <= room.available + room.swap
        for name in COSTS
    }
    advised = recommend(speeds, profile, fits=fits)
    if advised.profile == profile:
        return _plain(speeds.first_sound, f"the profile {profile}")
    return advice(
        check, f"take the profile {advised.profile}", _because(advised, profile), _take(advised.profile)
    )


def _plain(seconds: float, models: str) -> Finding:
    what = f"with {models} an answer begins about {seconds:.1f} s after a question"
    if seconds <= LONGEST_SECONDS:
        return ok("speed.turn", what)
    return advice(
        "speed.turn",
        what,
        f"this machine is slow for them: {LONGEST_SECONDS} s is what people wait",
        "Take a quicker machine, or commands only: they need no language model",
    )


def _because(advised: Recommendation, profile: str) -> str:
    now, then = f"{advised.seconds[profile]:.1f} s", f"{advised.seconds[advised.profile]:.1f} s"
    if advised.seconds[profile] > LONGEST_SECONDS:
        return f"the first sound comes after {now} with {profile}, after {then} with {advised.profile}"
    return f"it is more often right, and still quick enough here: {then} to the first sound, {now} now"


def _take(profile: str) -> str:
    return f'voiceslm models pull --profile {profile}, then set profile = "{profile}" in the configuration'


def as_in_profile(settings: Settings) -> bool:
    """Say whether the models are those of a profile, and so can be compared with the other profiles'."""
    if settings.profile not in COSTS:
        return False
    models, own = models_of(settings), load_catalog().profiles[settings.profile]
    return (models.stt, models.llm, models.voice) == (own.stt, own.llm, own.voice)


def _paths(settings: Settings) -> dict[str, Path] | None:
    """Return where the engines' models lie; None where one cannot be used, which another check explains."""
    try:
        return paths_of(settings)
    except Problem:
        return None
