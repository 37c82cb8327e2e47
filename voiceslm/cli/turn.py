"""``voiceslm turn``, ``ask`` and ``say``: one exchange each, then the end."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer
from rich.table import Table

from voiceslm.audio.wavfile import read_audio, write_wav
from voiceslm.cli.configured import settings_for
from voiceslm.cli.door import through_daemon
from voiceslm.cli.output import ConfigOption, JsonOption, ProfileOption, err, out, print_json
from voiceslm.errors import Problem
from voiceslm.events import Audio, Stage

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from voiceslm.assistant import Assistant
    from voiceslm.conversation.pipeline import Conversation
    from voiceslm.conversation.speaking import Play
    from voiceslm.events import Speech, TurnRecord

Output = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write the answer's sound here, as WAV.")
]

_STAGES = {
    Stage.STT: "words understood",
    Stage.FIRST_TOKEN: "first word thought",
    Stage.FIRST_CLAUSE: "first clause ready",
    Stage.FIRST_AUDIO: "first sound ready",
    Stage.DONE: "all sound ready",
}
_BAR_CELLS = 36


def turn(
    recording: Annotated[
        Path, typer.Argument(metavar="IN.wav", help="A question of 0.1 to 60 seconds: WAV, FLAC, OGG or MP3.")
    ],
    output: Output = None,
    profile: ProfileOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Hear a recording and answer it, as in a conversation."""
    audio = read_audio(recording)
    _exchange(
        lambda conversation, play: conversation.turn(audio, play),
        config=config,
        profile=profile,
        output=output,
        as_json=json,
        hear=True,
        think=True,
    )


def ask(
    text: Annotated[str, typer.Argument(help="The question.")],
    output: Output = None,
    profile: ProfileOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Answer a written question, in text and sound: aloud where voiceslm runs already, unless with -o."""
    own = output or profile or config
    if not own and (document := through_daemon("ask", text)) is not None:
        _show(document, as_json=json, answered=True)
        return
    _exchange(
        lambda conversation, play: conversation.ask(text, play),
        config=config,
        profile=profile,
        output=output,
        as_json=json,
        think=True,
    )


def say(
    text: Annotated[str, typer.Argument(help="What to say.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write the sound here, as WAV.")
    ] = None,
    profile: ProfileOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Speak a text with the configured voice: into a file, or aloud where voiceslm runs already."""
    own = output or profile or config
    if not own and (document := through_daemon("say", text)) is not None:
        _show(document, as_json=json)
        return
    if output is None:
        raise Problem(
            "there is nothing to hear it with", "Give a file with `-o FILE`, or start `voiceslm run` first"
        )
    _exchange(
        lambda conversation, play: conversation.say(text, play),
        config=config,
        profile=profile,
        output=output,
        as_json=json,
    )


def _exchange(
    exchange: Callable[[Conversation, Play], Awaitable[TurnRecord]],
    *,
    config: str | None,
    profile: str | None,
    output: Path | None,
    as_json: bool,
    hear: bool = False,
    think: bool = False,
) -> None:
    from voiceslm.assistant import Assistant  # noqa: PLC0415 - a mistyped option should not wait for the engines
    from voiceslm.residence import visited  # noqa: PLC0415

    spoken: list[Speech] = []

    async def keep(speech: Speech) -> None:
        spoken.append(speech)

    async def run() -> tuple[TurnRecord, Assistant]:
        settings = settings_for(config, profile)
        async with AsyncExitStack() as stack:
            home = None
            if think and settings.mqtt.host:
                home = await stack.enter_async_context(visited(settings, lambda _words: None))
                if home.trouble:
                    err.print(f"without the home: {home.trouble}", markup=False, soft_wrap=True)
            assistant = await stack.enter_async_context(Assistant(settings, home))
            with err.status("Loading models …"):
                await assistant.load(hear=hear, think=think, speak=True)
            with err.status("Working …"):
                return await exchange(assistant.conversation, keep), assistant

    record, assistant = asyncio.run(run())
    sound = _joined(spoken)
    if output and sound:
        write_wav(output, sound)
    document = _document(record, assistant, sound, output)
    _show(document, as_json=as_json, heard=hear, answered=think)


def _joined(spoken: list[Speech]) -> Audio | None:
    if not spoken:
        return None
    samples = np.concatenate([speech.audio.samples for speech in spoken])
    return Audio(samples, spoken[0].audio.sample_rate)


def _document(
    record: TurnRecord, assistant: Assistant, sound: Audio | None, output: Path | None
) -> dict[str, Any]:
    """Return what ``--json`` prints."""
    own = {
        "reply_audio": sound
        and {
            "path": str(output) if output else None,
            "seconds": round(sound.seconds, 3),
            "sample_rate": sound.sample_rate,
        },
        "models": assistant.models,
        "load_ms": assistant.load_ms,
    }
    return record.document() | own


def _show(document: dict[str, Any], *, as_json: bool, heard: bool = False, answered: bool = False) -> None:
    """Print what an exchange came to; a daemon's has no file and nothing to load."""
    if as_json:
        print_json(document)
        return
    if heard:
        _line("heard", document["transcript"] or "nothing intelligible")
    if answered:
        _line("answer", document["reply"] or "none")
    sound = document.get("reply_audio")
    if sound and sound["path"]:
        _line("sound", f"{sound['path']}, {sound['seconds']:.1f} s at {sound['sample_rate']} Hz")
    if loaded := document.get("load_ms"):
        loads = ", ".join(f"{name} {ms / 1000:.1f} s" for name, ms in loaded.items())
        _line("loaded", f"{loads} (before the clock starts)")
    _print_timings(document["timings_ms"], "the end of the recording" if heard else "the request")


def _line(label: str, text: str) -> None:
    out.print(f"[bold]{label:>8}[/]  ", end="")
    out.print(text, markup=False, soft_wrap=True)


def _print_timings(timings: dict[str, float | None], start: str) -> None:
    """Draw each stage as a bar from the end of the stage before it."""
    table = Table(title=f"milliseconds after {start}", title_justify="left", box=None, pad_edge=False)
    table.add_column("", min_width=18)
    table.add_column("ms", justify="right")
    table.add_column("")
    total = max((ms for ms in timings.values() if ms), default=1.0)
    before = 0.0
    for stage, label in _STAGES.items():
        ms = timings.get(stage.value)
        if ms is None:
            continue
        left, right = round(before / total * _BAR_CELLS), round(ms / total * _BAR_CELLS)
        table.add_row(label, f"{ms:.0f}", " " * left + "█" * max(1, right - left))
        before = ms
    out.print()
    out.print(table)
