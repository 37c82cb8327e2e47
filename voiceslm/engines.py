"""Settings -> engines, each loaded and warm; and what the settings say about them."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voiceslm.audio import RATE
from voiceslm.catalog import load_catalog
from voiceslm.catalog.hashes import known_sha256
from voiceslm.conversation.moves import Mode
from voiceslm.errors import Problem
from voiceslm.events import Audio
from voiceslm.llm import adapter as adapters

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from voiceslm.config import Settings
    from voiceslm.events import Activity, Woken
    from voiceslm.listening.ear import Ear
    from voiceslm.listening.smart_turn import SmartTurn
    from voiceslm.listening.wake import WakeWord
    from voiceslm.llm.adapter import Adapter
    from voiceslm.llm.llama import LlamaEngine
    from voiceslm.stt.whisper import WhisperEngine
    from voiceslm.tts import TextToSpeech


_importing = threading.Lock()
"""Libraries are imported when they are needed, one after another: they import each other, and two threads
that enter such a circle from two ends stand still."""


@dataclass(frozen=True, slots=True)
class Models:
    """The models that the settings name, as ids or paths."""

    stt: str
    llm: str
    voice: str
    turn: str


def models_of(settings: Settings) -> Models:
    """Return the profile's models, with those that the settings name in their place.

    Raises:
        Problem: there is no such profile.
    """
    profiles = load_catalog().profiles
    if settings.profile not in profiles:
        raise Problem(
            f"there is no profile {settings.profile!r}", f"Choose one of: {', '.join(sorted(profiles))}"
        )
    profile = profiles[settings.profile]
    return Models(
        stt=settings.stt.model or profile.stt,
        llm=settings.llm.model or profile.llm,
        voice=settings.tts.voice or profile.voice,
        turn=profile.turn,
    )


def load_stt(settings: Settings, path: Path) -> WhisperEngine:
    """Load the speech-to-text engine from folder ``path``, warm. Blocks for a second or more."""
    with _importing:
        from voiceslm.listening.vad import SileroVad  # noqa: PLC0415
        from voiceslm.stt.whisper import WhisperEngine  # noqa: PLC0415

    engine = WhisperEngine(
        path, language=settings.language, find_speech=SileroVad().spans, threads=settings.stt.threads
    )
    engine.warm_up()
    return engine


TOOLS_TOKENS = 1536
"""Room for a home's prompt (`voiceslm.llm.tools`): a list of 800 tokens, 500 of examples, words and calls."""


BRIEF_TOKENS = 256
"""The same for a model that has learnt the home, and is told nothing of it."""


def adapter_of(settings: Settings, path: Path) -> Adapter | None:
    """Return the adapter that the settings name for the model in ``path``; None where they name none.

    Raises:
        Problem: there is no such adapter, it is broken, or it belongs to another model.
    """
    if not settings.llm.adapter:
        return None
    adapter = adapters.find(settings.llm.adapter)
    try:
        base_sha256 = known_sha256(path)
    except OSError as error:
        raise Problem(f"{path} cannot be read: {error.strerror}", "Let this user read it") from None
    adapters.check(adapter, path, base_sha256)
    return adapter


def knows_home(settings: Settings) -> bool:
    """Say whether the language model has learnt the home; not of an adapter that cannot be read."""
    try:
        return bool(settings.llm.adapter) and adapters.find(settings.llm.adapter).manifest.tools
    except Problem:
        return False


def load_llm(settings: Settings, path: Path, *, home: bool = False) -> LlamaEngine:
    """Load the language model from file ``path``, with room for a home's prompt. Blocks for seconds.

    Raises:
        Problem: it or its adapter cannot be loaded. It is not loaded without an adapter that is wanted: it
            would be asked as one that has learnt, and answer nonsense.
    """
    adapter = adapter_of(settings, path)
    with _importing:
        from voiceslm.llm.llama import LlamaEngine  # noqa: PLC0415

    return LlamaEngine(
        path,
        threads=settings.llm.threads,
        context_tokens=settings.llm.context_tokens + known_tokens(settings),
        aside_tokens=(BRIEF_TOKENS if adapter and adapter.manifest.tools else TOOLS_TOKENS) if home else 0,
        max_tokens=settings.llm.max_tokens,
        temperature=settings.llm.temperature,
        seed=settings.llm.seed,
        adapter=adapter.path if adapter else None,
        adapted_heads=frozenset(adapter.manifest.heads) if adapter else None,
    )


def known_tokens(settings: Settings) -> int:
    """Return the room that is needed for what is known; in a strict scope none of it stands in the prompt."""
    knowledge = settings.knowledge
    return knowledge.prompt_tokens if knowledge.paths and knowledge.scope == "open" else 0


def load_voice(settings: Settings, path: Path) -> TextToSpeech:
    """Load the voice from file ``path``, warm. Blocks for a second."""
    with _importing:
        from voiceslm.tts.phrases import PhraseBook  # noqa: PLC0415
        from voiceslm.tts.piper import PiperEngine  # noqa: PLC0415

    return PhraseBook(PiperEngine(path, threads=settings.tts.threads, speed=settings.tts.speed))


def load_turn_model(path: Path) -> SmartTurn:
    """Load the model that hears whether a speaker has finished, warm. Blocks for half a second."""
    with _importing:
        from voiceslm.listening.smart_turn import SmartTurn  # noqa: PLC0415

    engine = SmartTurn(path)
    engine.finished(Audio(np.zeros(RATE, np.float32), RATE))
    return engine


def load_ear(settings: Settings, post: Callable[[Activity | Woken], None]) -> Ear:
    """Load what the audio thread listens with. Blocks for a second."""
    with _importing:
        from voiceslm.audio.echo import EchoCanceller  # noqa: PLC0415
        from voiceslm.listening.ear import Ear  # noqa: PLC0415

    word = settings.listening.wake if mode_of(settings) is Mode.WAKE else ""
    spotter = load_wake_word(settings, word) if word else None
    canceller = EchoCanceller() if cancels_echo(settings) else None
    return Ear(post, canceller=canceller, spotter=spotter, word=word)


def load_wake_word(settings: Settings, word: str) -> WakeWord:
    """Load what recognises ``word``. Blocks for some milliseconds.

    Raises:
        Problem: there is no such word.
    """
    with _importing:
        from voiceslm.listening.wake import WakeWord  # noqa: PLC0415

    return WakeWord(word, threshold=settings.listening.wake_threshold or None)


def cancels_echo(settings: Settings) -> bool:
    """Say whether the echo is to be cancelled here: not where the microphone's name says that it has none."""
    wanted = settings.audio.echo_cancelling
    name = (settings.audio.input or "").lower()
    return wanted == "on" or (wanted == "auto" and not ("echo" in name and "cancel" in name))


def mode_of(settings: Settings) -> Mode:
    """Return how the user gets attention."""
    return {"none": Mode.OPEN, "key": Mode.KEY}.get(settings.listening.wake, Mode.WAKE)
