"""Whisper in windows of our own length, on faster-whisper's model objects.

faster-whisper's ``transcribe`` pads every segment to 30 s, and the encoder is most of a short command's time.
Here the window follows the speech (``windows.py`` decides), and decoding is greedy with the language fixed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer

from voiceslm.errors import Problem
from voiceslm.events import Transcript
from voiceslm.stt import windows
from voiceslm.stt.windows import Attempt, Decoding, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from voiceslm.events import Audio, Samples

    FindSpeech = Callable[[Audio], Sequence[tuple[float, float]]]

SAMPLE_RATE = 16_000
"""Hz that whisper hears."""

FRAMES_PER_SECOND = 100
"""Log-mel frames."""

_FILES = ("model.bin", "config.json", "tokenizer.json")
"""Without tokenizer.json faster-whisper would fetch one from the hub; nothing here may go online."""


class WhisperEngine:
    """Speech to text; one instance, one thread."""

    def __init__(self, model_dir: Path, *, language: str, find_speech: FindSpeech, threads: int = 2) -> None:
        """Load the model.

        Args:
            model_dir: a CTranslate2 whisper folder.
            language: two-letter code of the language spoken.
            find_speech: voice activity, spans in seconds (``listening.vad.SileroVad().spans``).
            threads: threads to compute with.

        Raises:
            Problem: the folder is incomplete or damaged, or the model does not know the language.
        """
        self._find_speech = find_speech
        self._model = _load(model_dir, threads)
        if language not in self._model.supported_languages:
            raise Problem(
                f"{model_dir.name} does not understand language {language!r}", _language_hint(self._model)
            )
        multilingual = bool(self._model.model.is_multilingual)
        self._tokenizer = Tokenizer(
            self._model.hf_tokenizer, multilingual, task="transcribe", language=language
        )
        self._english = language == "en"
        self._prompt = [*self._tokenizer.sot_sequence, self._tokenizer.no_timestamps]

    def warm_up(self) -> None:
        """Run the shortest window, so that the first utterance pays for no page faults or allocations.

        The longer ones, for a word or two and for retries, pay 0.03 s the first time; to run them here as
        well would make every start a second longer.
        """
        quiet = np.zeros(SAMPLE_RATE, np.float32)
        self._decode(quiet, windows.SHORT_WINDOW, most_tokens=4, prompt=self._prompt)

    def transcribe(self, audio: Audio, *, hint: str = "") -> Transcript:
        """Understand one utterance.

        Args:
            audio: up to 60 s of mono sound at 16 kHz.
            hint: a few words that are likely; the decoder is told that they came before.

        Returns:
            The text; empty for silence, noise, music.

        Raises:
            ValueError: the audio is not at 16 kHz.
        """
        if audio.sample_rate != SAMPLE_RATE:
            raise ValueError(f"audio must be at {SAMPLE_RATE} Hz, got {audio.sample_rate}")
        spans = self._find_speech(audio)
        speech = sum(end - begin for begin, end in spans)
        if speech < windows.LEAST_SPEECH:
            return Transcript(text="", speech_seconds=speech, window_seconds=0.0, attempts=0)
        pieces = windows.pieces(spans, audio.seconds)
        prompt = [*self._before(hint), *self._prompt]
        return _joined([self._hear(audio, piece, spans, prompt) for piece in pieces], speech)

    def _before(self, hint: str) -> list[int]:
        """Return ``hint`` as tokens of what came before, in whisper's own format; none for no hint."""
        return [self._tokenizer.sot_prev, *self._tokenizer.encode(f" {hint}")] if hint else []

    def _hear(
        self, audio: Audio, piece: windows.Span, spans: Sequence[windows.Span], prompt: list[int]
    ) -> list[Attempt]:
        """Decode one piece with longer and longer windows until the guard is content."""
        begin, end = piece
        samples = audio.samples[round(begin * SAMPLE_RATE) : round(end * SAMPLE_RATE)]
        voiced = sum(max(0.0, min(stop, end) - max(start, begin)) for start, stop in spans)
        attempts: list[Attempt] = []
        ladder = windows.ladder(end - begin, speech_seconds=voiced)
        for window in ladder:
            last = window == ladder[-1]
            bound = windows.most_tokens(end - begin, english=self._english, last=last)
            decoding = self._decode(samples, window, most_tokens=bound, prompt=prompt)
            attempts.append(Attempt(decoding, windows.judge(decoding, speech_seconds=voiced)))
            if attempts[-1].verdict in windows.SETTLED:
                break
        return attempts

    def _decode(self, samples: Samples, window: float, *, most_tokens: int, prompt: list[int]) -> Decoding:
        """Run the encoder and a greedy decoder once."""
        features = _padded(self._model.feature_extractor(samples), round(window * FRAMES_PER_SECOND))
        result = self._model.model.generate(
            ctranslate2.StorageView.from_array(features[np.newaxis]),
            [prompt],
            beam_size=1,
            # CTranslate2 spends the prompt's length of it on the prompt, and at least half
            max_length=most_tokens + max(most_tokens, len(prompt)),
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        ids = result.sequences_ids[0]
        tokens = tuple(token for token in ids if token < self._tokenizer.eot)
        return Decoding(
            text=self._tokenizer.decode(list(windows.unrepeated(tokens))).strip(),
            tokens=tokens,
            window_seconds=window,
            mean_log_probability=float(result.scores[0]) * len(ids) / (len(ids) + 1),
            no_speech_probability=float(result.no_speech_prob),
            complete=len(ids) < most_tokens,
        )


def _load(model_dir: Path, threads: int) -> WhisperModel:
    """Load ``model_dir`` without ever asking the network."""
    remedy = "Fetch it again with `voiceslm models pull`."
    missing = [name for name in _FILES if not (model_dir / name).is_file()]
    if missing:
        raise Problem(f"Speech model {model_dir} lacks {', '.join(missing)}", remedy)
    try:
        return WhisperModel(
            str(model_dir), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True
        )
    except Exception as error:  # CTranslate2 and tokenizers raise bare RuntimeError, ValueError and Exception
        raise Problem(f"Speech model {model_dir} cannot be loaded ({error})", remedy) from error


def _language_hint(model: WhisperModel) -> str:
    known = model.supported_languages
    if len(known) == 1:
        return "It is English-only: set language to en, or choose a model whose name does not end in .en."
    return f"Set language to one of {', '.join(sorted(known))}."


def _padded(features: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
    """Return log-mel ``features`` [mels, n] cut or filled with 0.0 to [mels, frames], contiguous."""
    filled = np.zeros((features.shape[0], frames), np.float32)
    filled[:, : features.shape[1]] = features[:, :frames]
    return filled


def _joined(pieces: Sequence[Sequence[Attempt]], speech: float) -> Transcript:
    """Put the pieces of one utterance together."""
    kept = [windows.choose(attempts) for attempts in pieces]
    texts = [one.decoding.text for one in kept if one.verdict is not Verdict.SILENCE]
    return Transcript(
        text=" ".join(filter(None, texts)),
        speech_seconds=speech,
        window_seconds=kept[-1].decoding.window_seconds,
        attempts=sum(map(len, pieces)),
        no_speech_probability=max(one.decoding.no_speech_probability for one in kept),
        mean_log_probability=min(one.decoding.mean_log_probability for one in kept),
    )
