"""The running assistant as a device of its home: tells how it is, and does what it is told over MQTT."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

from voiceslm import __version__
from voiceslm.conversation.moves import Mode, State
from voiceslm.conversation.watcher import Watcher
from voiceslm.daemon.outbox import Outbox
from voiceslm.engines import load_wake_word, mode_of
from voiceslm.errors import Problem
from voiceslm.home.announce import About
from voiceslm.home.presence import Condition, Presence, Running
from voiceslm.home.topics import Ask, Listen, Mute, Say, Stop, Topics, Volume, WakeWord, identity
from voiceslm.listening.wake import DELAYS
from voiceslm.residence import Residence
from voiceslm.skills.timers import Kind
from voiceslm.worker import WorkerError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping
    from typing import Any

    from voiceslm.assistant import Assistant
    from voiceslm.config import Settings
    from voiceslm.conversation.live import Live
    from voiceslm.events import TurnRecord
    from voiceslm.home.message import Message
    from voiceslm.home.topics import Command
    from voiceslm.listening.ear import Ear

PUBLISH_DEADLINE = 2.0
"""Seconds for the broker to take what is told."""

COMMANDS_AT_ONCE = 8
"""Commands that wait to be done; one more is not followed."""

CROWDED = "too many commands at once"
"""Why not."""

_STATES: Mapping[State, str] = {
    State.ASLEEP: "idle",
    State.AWAKE: "listening",
    State.HEARING: "listening",
    State.THINKING: "thinking",
    State.SPEAKING: "speaking",
}


class AtHome(Watcher):
    """Joins the live conversation and the broker."""

    def __init__(self, settings: Settings, report: Callable[[str], None]) -> None:
        """Connect to nothing before `run`; ``report`` is told in words what happens to the connection.

        What cannot be read or reached is trouble of the connection, and tried again.
        """
        self._settings = settings
        self._report = report
        self._live: Live | None = None
        self._ear: Ear | None = None
        self._assistant: Assistant | None = None
        mqtt = settings.mqtt
        name = identity(mqtt.id, socket.gethostname())
        about = About(
            topics=Topics(mqtt.topic_prefix, name),
            discovery_prefix=mqtt.discovery_prefix,
            version=__version__,
            wake_words=tuple(DELAYS) if mode_of(settings) is Mode.WAKE else (),
            area=settings.home.area,
            announce=mqtt.announce == "on",
            transcripts=mqtt.transcripts == "on",
        )
        self._presence = Presence(about, Condition(wake_word=settings.listening.wake))
        self._tasks: set[asyncio.Task[None]] = set()
        self._waking = asyncio.Lock()
        self._writing = asyncio.Lock()
        self._complained: set[str] = set()
        self.residence = Residence(
            settings,
            report=report,
            client_id=f"voiceslm-{name}",
            will=self._presence.will,
            on_connected=self._connected,
            on_own=self._take,
        )
        self.residence.connection.subscribe(self._presence.filters, group="own")
        self._outbox = Outbox(self._publish)

    async def run(self) -> None:
        """Stay connected, tell and follow commands, until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.residence.run(), name="residence")
                group.create_task(self._outbox.run(), name="outbox")
        finally:
            for task in self._tasks:
                task.cancel()

    def join(self, assistant: Assistant, live: Live, ear: Ear) -> None:
        """Tell of, and command, this conversation from now on."""
        self._assistant, self._live, self._ear = assistant, live, ear
        self.refresh()

    @property
    def trouble(self) -> str:
        """What keeps it from the home; empty for nothing."""
        problem = self.residence.trouble
        return problem.cause if problem else ""

    def status(self) -> dict[str, Any]:
        """Return what ``voiceslm status`` tells of the home."""
        registry = self.residence.registry
        return self.residence.connection.status() | {
            "entities": len(registry.entities),
            "not_usable": len(registry.refusals),
            "commands_ignored": dict(self._presence.ignored),
        }

    def refresh(self) -> None:
        """Tell what has changed of state, volume, wake word and timers."""
        assistant, live = self._assistant, self._live
        if not assistant or not live:
            return
        self._outbox.put(
            self._presence.state_changed(
                state=_STATES[live.state],
                muted=live.muted,
                volume=assistant.playback.volume if assistant.playback else None,
                wake_word=self._ear.word if self._ear and self._ear.word else None,
            )
        )
        timers = [
            Running(timer.name, timer.due.astimezone() if timer.due else None)
            for kind in Kind
            for timer in assistant.skills.timers.all(kind)
        ]
        self._outbox.put(self._presence.timers_changed(timers))

    def on_state(self, state: State) -> None:
        """Tell the new state."""
        self._outbox.put(self._presence.state_changed(state=_STATES[state]))

    def on_turn(self, record: TurnRecord) -> None:
        """Tell of a turn, and of what it may have changed."""
        self._outbox.put(self._presence.turn_ended(record))
        self.refresh()

    def tell_health(self, health: Mapping[str, Any]) -> None:
        """Tell how the parts are, as `Health.document` says it."""
        self._outbox.put(self._presence.health_changed(health))

    async def _connected(self) -> None:
        self._outbox.put(self._presence.connected())

    def _take(self, topic: str, payload: bytes, retained: bool) -> bool:  # noqa: FBT001 - as `Residence` has it
        """Take a message, where it is for the assistant itself."""
        if self._presence.is_birth(topic, payload, retained=retained):
            self._outbox.put(self._presence.connected())
            return True
        if topic not in self._presence.filters:
            return topic == self._presence.about.discovery_topic
        command = self._presence.command(topic, payload, retained=retained)
        if command and self._live:
            self._follow(command, self._live)
        self._complain()
        return True

    async def _publish(self, message: Message) -> bool:
        """Publish, where there is a connection; at the next one all is told anyway."""
        connection = self.residence.connection
        return not connection.connected or await connection.publish(message, deadline=PUBLISH_DEADLINE)

    def _follow(self, command: Command, live: Live) -> None:
        match command:
            case Say():
                self._spawn(self._say(command, live))
            case Ask():
                if not self._spawn(self._answer(command, live)):
                    self._outbox.put([self._presence.failed(command, CROWDED)])
            case Listen():
                live.listen()
            case Stop():
                live.stop()
            case Mute(muted):
                live.mute(muted=muted)
            case Volume(percent) if self._assistant and self._assistant.playback:
                self._assistant.playback.set_volume(percent)
            case WakeWord(word):
                self._spawn(self._wake_at(word))
        self.refresh()

    async def _say(self, command: Say, live: Live) -> None:
        await live.say(command.text, urgent=command.priority == "urgent")

    async def _answer(self, command: Ask, live: Live) -> None:
        """Answer over MQTT, whatever comes of it, and aloud where that is wanted."""
        work = live.command(command.text) if command.speak else self._write(command.text)
        answering = asyncio.create_task(work)
        try:
            await asyncio.wait({answering})
        finally:
            answering.cancel()
        if error := answering.exception():
            self._outbox.put([self._presence.failed(command, _described(error))])
            raise error
        self._outbox.put([self._presence.answer(command, answering.result())])

    async def _write(self, text: str) -> TurnRecord:
        assert self._assistant
        async with self._writing:
            return await self._assistant.conversation.write(text)

    async def _wake_at(self, word: str) -> None:
        async with self._waking:
            spotter = await asyncio.to_thread(load_wake_word, self._settings, word)
            if self._ear:
                self._ear.listen_for(spotter, word)
        self.refresh()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> bool:
        """Do what was told, and say so, unless too much waits already."""
        if len(self._tasks) >= COMMANDS_AT_ONCE:
            work.close()
            self._presence.ignored[CROWDED] += 1
            return False
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return True

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._presence.ignored[_described(error)] += 1
            self._complain()

    def _complain(self) -> None:
        """Report why commands are not followed, each reason once: there may be thousands."""
        for reason in self._presence.ignored.keys() - self._complained:
            self._complained.add(reason)
            self._report(f"a command is not followed: {reason} (`voiceslm status` counts them)")


def _described(error: BaseException) -> str:
    """Return what went wrong without anyone's words, which an engine's message may repeat."""
    if isinstance(error, Problem | WorkerError):
        return str(error)
    return f"internal error: {type(error).__name__}"
