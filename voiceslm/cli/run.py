"""``voiceslm run``: the assistant, on this machine's microphone and loudspeaker."""

from __future__ import annotations

import asyncio
import faulthandler
import os
import signal
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from voiceslm.cli.configured import ScopeOption, settings_for, with_knowledge
from voiceslm.cli.output import ConfigOption, ProfileOption, err
from voiceslm.daemon.logs import described, taking_over, writer
from voiceslm.daemon.narrator import Narrator
from voiceslm.daemon.notify import Notifier
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from voiceslm.config import Settings
    from voiceslm.daemon.onlooker import Onlooker
    from voiceslm.daemon.running import Daemon

EXIT_SECONDS = 1.5
"""Longest wait for threads inside native code on the way out."""

_HOW = {
    "none": "just speak",
    "key": "press Enter here, or type `voiceslm talk`, and speak",
}


def run(  # noqa: PLR0917 - typer makes options of them
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
    knowledge: Annotated[
        list[Path] | None,
        typer.Option(metavar="PATH", help="Folder or file with what to know; repeatable."),
    ] = None,
    scope: ScopeOption = None,
    profile: ProfileOption = None,
    config: ConfigOption = None,
) -> None:
    """Listen and answer until Ctrl-C. SIGHUP reads the configuration again."""

    def read() -> Settings:
        settings = with_knowledge(settings_for(config, profile), knowledge, scope)
        if wake is not None:
            settings = with_wake(settings, wake)
        return with_recordings(settings, record_turns) if record_turns else settings

    log = writer(read().log.format, sys.stdout)
    faulthandler.enable()  # SIGABRT, as from systemd's watchdog, then says where each thread stands
    code = 0
    try:
        with taking_over(log):
            asyncio.run(_run(read, Narrator(log, show_transcripts=show_transcripts)))
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


async def _run(read: Callable[[], Settings], narrator: Narrator) -> None:
    """Serve until a signal; what will not stop in time is left to the end of the process."""
    loop = asyncio.get_running_loop()
    stopped, reload = asyncio.Event(), asyncio.Event()
    notifier = Notifier()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    loop.add_signal_handler(signal.SIGHUP, reload.set)
    loop.add_signal_handler(signal.SIGUSR1, lambda: None)  # the key, before anything can be heard
    failed: asyncio.Future[None] = loop.create_future()
    loop.set_exception_handler(lambda _, context: _fail(failed, context, narrator))
    serving = asyncio.create_task(_serve(read, narrator, notifier, reload))
    waiting = asyncio.create_task(stopped.wait())
    events: set[asyncio.Future[Any]] = {serving, waiting, failed}
    await asyncio.wait(events, return_when=asyncio.FIRST_COMPLETED)
    notifier.stopping()
    notifier.status("ending")
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
    return Problem(
        f"internal error: {described(error)}", "Start it again; if it comes back, please report this line"
    )


async def _serve(
    read: Callable[[], Settings], narrator: Narrator, notifier: Notifier, reload: asyncio.Event
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
            narrator.say("ready", muted if running.status()["muted"] else _HOW.get(word, say))

        await serve(read, narrator, notifier=notifier, reload=reload, ready=ready)


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
