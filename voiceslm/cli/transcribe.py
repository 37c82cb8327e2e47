"""``voiceslm transcribe``: recordings to text."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from voiceslm.audio.wavfile import read_audio
from voiceslm.catalog import resolve
from voiceslm.cli.configured import settings_for
from voiceslm.cli.output import ConfigOption, JsonOption, ProfileOption, err, print_json
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from voiceslm.events import Audio
    from voiceslm.stt import SpeechToText

Files = Annotated[list[Path], typer.Argument(metavar="FILE…", help="Recordings of 0.1 to 60 seconds.")]


def transcribe(
    files: Files,
    json: JsonOption = False,
    profile: ProfileOption = None,
    config: ConfigOption = None,
) -> None:
    """Print what is said in recordings (WAV, FLAC, OGG, MP3); empty where nobody speaks."""
    run(files, engine=_engine(profile, config), as_json=json)


def run(files: Sequence[Path], *, engine: SpeechToText, as_json: bool) -> None:
    """Transcribe ``files`` in order; a bad one is reported and the others are still done.

    Args:
        files: recordings.
        engine: loaded and warm.
        as_json: print one list in place of text: ``path``, ``transcript``, ``seconds``, ``speech_seconds``,
            ``stt_ms`` and ``attempts`` of each recording.

    Raises:
        typer.Exit: code 1 when a file could not be read.
    """
    documents: list[dict[str, Any]] = []
    failed = False
    for path in files:
        try:
            document = _document(path, read_audio(path), engine)
        except Problem as problem:
            err.print(f"error: {problem}", markup=False, soft_wrap=True)
            failed = True
            continue
        documents.append(document)
        if not as_json:
            text = document["transcript"]
            typer.echo(text if len(files) == 1 else f"{path}\t{text}")
    if as_json:
        print_json(documents)
    if failed:
        raise typer.Exit(1)


def _document(
    path: Path, audio: Audio, engine: SpeechToText, *, clock: Callable[[], float] = time.perf_counter
) -> dict[str, Any]:
    """Transcribe one recording; the JSON entry for it."""
    began = clock()
    transcript = engine.transcribe(audio)
    return {
        "path": str(path),
        "transcript": transcript.text,
        "seconds": round(audio.seconds, 3),
        "speech_seconds": round(transcript.speech_seconds, 3),
        "stt_ms": round((clock() - began) * 1000, 1),
        "attempts": transcript.attempts,
    }


def _engine(profile: str | None, config: str | None) -> SpeechToText:
    """Load the configured speech-to-text engine, warm."""
    from voiceslm.engines import load_stt, models_of  # noqa: PLC0415 - engines load only when there is work

    settings = settings_for(config, profile)
    return load_stt(settings, resolve(models_of(settings).stt, "stt"))
