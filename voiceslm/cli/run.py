"""``voiceslm run``: the assistant, on this machine's microphone and loudspeaker."""

from __future__ import annotations

import asyncio
import faulthandler
import os
import signal
import sys
import time
import traceback
from collections import Counter
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from voiceslm.cli.configured import settings_for
from voiceslm.cli.output import ConfigOption, ProfileOption, err
from voiceslm.daemon.notify import Notifier
from voiceslm.daemon.onlooker import Onlooker
from voiceslm.errors import Problem
from voiceslm.events import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from voiceslm.config import Settings
    from voiceslm.conversation.moves import State
    from voiceslm.daemon.health import Condition, Part
    from voiceslm.daemon.running import Daemon
    from voiceslm.events import TurnRecord

EXIT_SECONDS = 1.5
"""Longest wait for threads inside native code on the way out."""

_HOW = {
    "none": "just speak",
    "key": "press Enter here, or type `voiceslm talk`, and speak",
}


def run(
    wake: Annotated[
        str | None,
        typer.Option(help="Wake word: okay_nabu, hey_jarvis, hey_mycroft, alexa; none to just speak; key."),
    ] = None,
    show_transcripts: Annotated[
        bool, typer.Option("--show-transcripts", help="Print what was said, by you and by the assistant.")
    ] = False,
    record_turns: Annotated[
        Path | None,
        typer.Option(help="Keep each turn, sound and words, in this folder, for `voiceslm replay`."),
    ] = None,
    profile: ProfileOption = None,
    config: ConfigOption = None,
) -> None:
    """Listen and answer until Ctrl-C. SIGHUP reads the configuration again."""

    def read() -> Settings:
        settings = settings_for(config, profile)
        if wake is not None:
            settings = with_wake(settings, wake)
        return with_recordings(settings, record_turns) if record_turns else settings

    read()
    faulthandler.enable()  # SIGABRT, as from systemd's watchdog, then says where each thread stands
    code = 0
    try:
        asyncio.run(_run(read, _Printer(show_transcripts)))
    except Problem as problem:
        sys.stderr.write(f"error: {problem}\n")
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # an engine may still be inside native code, which cannot be unwound


def with_recordings(settings: Settings, folder: Path) -> Settings:
    """Return ``settings`` with turns kept in ``folder``."""
    recording = settings.recording.model_copy(update={"folder": str(folder.absolute())})
    return settings.model_copy(update={"recording": recording})


def with_wake(settings: Settings, wake: str) -> Settings:
    """Return ``settings`` with another wake word.

    Raises:
        typer.BadParameter: there is no such wake word.
    """
    from pydantic import ValidationError  # noqa: PLC0415 - for this one line

    listening = settings.listening
    try:
        listening = type(listening).model_validate(listening.model_dump() | {"wake": wake})
    except ValidationError:
        choices = "okay_nabu, hey_jarvis, hey_mycroft, alexa, none, key"
        raise typer.BadParameter(f"{wake!r} is no wake word. Choose one of: {choices}.") from None
    return settings.model_copy(update={"listening": listening})


async def _run(read: Callable[[], Settings], printer: _Printer) -> None:
    """Serve until a signal; what will not stop in time is left to the end of the process."""
    loop = asyncio.get_running_loop()
    stopped, reload = asyncio.Event(), asyncio.Event()
    notifier = Notifier()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    loop.add_signal_handler(signal.SIGHUP, reload.set)
    loop.add_signal_handler(signal.SIGUSR1, lambda: None)  # the key, before anything can be heard
    failed: asyncio.Future[None] = loop.create_future()
    loop.set_exception_handler(lambda _, context: _fail(failed, context, printer))
    serving = asyncio.create_task(_serve(read, printer, notifier, reload))
    waiting = asyncio.create_task(stopped.wait())
    events: set[asyncio.Future[Any]] = {serving, waiting, failed}
    await asyncio.wait(events, return_when=asyncio.FIRST_COMPLETED)
    notifier.stopping()
    if serving.done():
        serving.result()
    serving.cancel()
    await asyncio.wait({serving}, timeout=EXIT_SECONDS)
    if failed.done():
        failed.result()


def _fail(failed: asyncio.Future[None], context: dict[str, Any], watcher: Onlooker) -> None:
    """End the process when an event cannot be dealt with: better started again than deaf. Tell the rest."""
    error = context.get("exception")
    if error is None:
        return
    if "handle" in context and not failed.done():
        failed.set_exception(_internal(error))
    else:
        watcher.on_trouble(_internal(error).cause)


def _internal(error: BaseException) -> Problem:
    """Say what went wrong and where, without the error's own words: they may be the user's."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(frame.filename).name}, line {frame.lineno}"
    return Problem(
        f"internal error: {type(error).__name__} in {place}",
        "Start it again; if it comes back, please report this line",
    )


async def _serve(
    read: Callable[[], Settings], printer: _Printer, notifier: Notifier, reload: asyncio.Event
) -> None:
    from voiceslm.daemon.serving import serve  # noqa: PLC0415 - a mistyped option should not wait for engines

    loop = asyncio.get_running_loop()
    with ExitStack() as stack:
        stack.enter_context(_explained())
        loading = err.status("Loading models …")
        loading.start()
        stack.callback(loading.stop)
        present: list[Daemon] = []
        stack.enter_context(_enter_key(loop, lambda: present[-1].talk(None) if present else None))

        def ready(running: Daemon, settings: Settings) -> None:
            loading.stop()
            present[:] = [running]
            loop.add_signal_handler(signal.SIGUSR1, running.talk, None)
            word = settings.listening.wake
            say = f'say "{word.replace("_", " ")}"'
            muted = "muted; `voiceslm mute --off` lets it listen"
            _line(f"ready: {muted if running.status()['muted'] else _HOW.get(word, say)}")

        await serve(read, printer, notifier=notifier, reload=reload, ready=ready)


class _Printer(Onlooker):
    """One line for whatever happens; words only when asked for."""

    def __init__(self, show_transcripts: bool) -> None:
        self._show = show_transcripts

    def on_state(self, state: State) -> None:
        _log(state.value)

    def on_transcript(self, text: str, *, final: bool) -> None:
        if self._show and text:
            _log(f"{'heard' if final else 'hearing'}: {text}")

    def on_turn(self, record: TurnRecord) -> None:
        audible = record.timings_ms[Stage.AUDIBLE]
        parts = [
            f"turn {record.turn}: {' '.join(filter(None, (record.route.value, record.route_detail)))}",
            record.endpoint,
            _results(record.actions),
            f"first sound after {audible / 1000:.2f} s" if audible is not None else "no sound",
            record.ended.value,
        ]
        _log(", ".join(filter(None, parts)))
        if self._show and record.reply:
            _log(f"said: {record.reply}")

    def on_trouble(self, what: str) -> None:
        _log(f"trouble: {what}")

    def on_sound(self, what: str) -> None:
        _log(f"sound: {what}")

    def on_home(self, what: str) -> None:
        _log(f"home: {what}")

    def on_health(self, part: Part, condition: Condition) -> None:
        _log(f"health: {part} {condition}")

    def on_note(self, what: str) -> None:
        _log(f"note: {what}")


def _results(actions: Sequence[str]) -> str:
    """Return what came of a turn's commands, counted: the names of devices may be the user's words."""
    counts = Counter(action.rpartition(" ")[2] for action in actions)
    return " ".join(f"{count} {result}" for result, count in counts.items())


@contextmanager
def _explained() -> Iterator[None]:
    """Turn the failure of what listens in the background into one line."""
    try:
        yield
    except ExceptionGroup as failures:
        error = failures.exceptions[0]
        raise error if isinstance(error, Problem) else _internal(error) from None


@contextmanager
def _enter_key(loop: asyncio.AbstractEventLoop, press: Callable[[], None]) -> Iterator[None]:
    """Let Enter on a terminal be the push-to-talk key."""
    if not sys.stdin.isatty():
        yield
        return

    def pressed() -> None:
        if sys.stdin.readline():
            press()
        else:
            loop.remove_reader(sys.stdin)

    loop.add_reader(sys.stdin, pressed)
    try:
        yield
    finally:
        loop.remove_reader(sys.stdin)


def _log(line: str) -> None:
    """Print one line with the time of day; systemd's journal adds its own."""
    stamp = "" if "JOURNAL_STREAM" in os.environ else time.strftime("%H:%M:%S ")
    _line(f"{stamp}{line}")


def _line(text: str) -> None:
    """Print at once and as it is: whoever reads may be a program."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
