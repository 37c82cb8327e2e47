"""The running assistant as a device of its home: tells how it is, and does what it is told over MQTT."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

from voiceslm import __version__
from voiceslm.conversation.live import Watcher
from voiceslm.conversation.moves import Mode, State
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
    from collections.abc import Callable, Coroutine, Iterable, Mapping
    from typing import Any

    from voiceslm.assistant import Assistant
    from voiceslm.config import Settings
    from voiceslm.conversation.live import Live
    from voiceslm.events import TurnRecord
    from voiceslm.home.message import Message
    from voiceslm.home.topics import Command
    from voiceslm.listening.ear import Ear

PUBLISH_DEADLINE = 2.0
"""Seconds for the broker to take what is told; at the next connection all of it is told again."""

COMMANDS_AT_ONCE = 8
"""Texts that wait to be said or answered; one more is dropped and reported."""

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
        """Connect to nothing before `run`; ``report`` is told in words what happens to the connection."""
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
        self.residence = Residence(
            settings,
            report=report,
            client_id=f"voiceslm-{name}",
            will=self._presence.will,
            on_connected=self._connected,
            on_own=self._take,
        )
        self.residence.connection.subscribe(self._presence.filters, group="own")

    def join(self, assistant: Assistant, live: Live, ear: Ear) -> None:
        """Tell of, and command, this conversation from now on."""
        self._assistant, self._live, self._ear = assistant, live, ear
        self.refresh()

    def status(self) -> dict[str, Any]:
        """Return what ``voiceslm status`` tells of the home."""
        registry = self.residence.registry
        return self.residence.connection.status() | {
            "entities": len(registry.entities),
            "not_usable": registry.refused,
            "commands_ignored": dict(self._presence.ignored),
        }

    def refresh(self) -> None:
        """Tell what has changed of state, volume, wake word and timers."""
        assistant, live = self._assistant, self._live
        if not assistant or not live:
            return
        self._publish(
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
        self._publish(self._presence.timers_changed(timers))

    def on_state(self, state: State) -> None:
        """Tell the new state."""
        self._publish(self._presence.state_changed(state=_STATES[state]))

    def on_turn(self, record: TurnRecord) -> None:
        """Tell of a turn, and of what it may have changed."""
        self._publish(self._presence.turn_ended(record))
        self.refresh()

    async def close(self) -> None:
        """End what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self) -> None:
        for message in self._presence.connected():
            await self.residence.connection.publish(message, deadline=PUBLISH_DEADLINE)

    def _take(self, topic: str, payload: bytes, retained: bool) -> bool:  # noqa: FBT001 - as `Residence` has it
        """Take a message, where it is for the assistant itself."""
        if self._presence.is_birth(topic, payload, retained=retained):
            self._spawn(self._connected())
            return True
        if topic not in self._presence.filters:
            return topic == self._presence.about.discovery_topic
        command = self._presence.command(topic, payload, retained=retained)
        if command and self._live:
            self._follow(command, self._live)
        return True

    def _follow(self, command: Command, live: Live) -> None:
        match command:
            case Say():
                self._spawn(self._say(command, live))
            case Ask():
                self._spawn(self._ask(command, live))
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

    async def _ask(self, command: Ask, live: Live) -> None:
        """Answer over MQTT, and aloud where that is wanted."""
        if command.speak:
            record = await live.ask(command.text)
        elif self._assistant:
            record = await self._assistant.conversation.write(command.text)
        answer = self._presence.answer(command, record)
        await self.residence.connection.publish(answer, deadline=PUBLISH_DEADLINE)

    async def _wake_at(self, word: str) -> None:
        spotter = await asyncio.to_thread(load_wake_word, self._settings, word)
        if self._ear:
            self._ear.listen_for(spotter, word)
        self.refresh()

    def _publish(self, messages: Iterable[Message]) -> None:
        for message in messages:
            if self.residence.connection.connected:
                self._keep(self._hand_over(message))

    async def _hand_over(self, message: Message) -> None:
        await self.residence.connection.publish(message, deadline=PUBLISH_DEADLINE)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do what was told, unless too much waits already."""
        if len(self._tasks) >= COMMANDS_AT_ONCE:
            work.close()
            self._report("too many commands at once: one was dropped")
            return
        self._keep(work)

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(self._reported(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _reported(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except (Problem, WorkerError) as error:
            self._report(str(error))
