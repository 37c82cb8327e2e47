"""Somebody who talks with the assistant in every way there is, patiently or not."""

from __future__ import annotations

import asyncio
import json
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiomqtt
import numpy as np

from voiceslm.audio import RATE
from voiceslm.bench.home.commands import commands
from voiceslm.bench.live.cough import coughs
from voiceslm.bench.live.sounds import PEAK, spoken, trimmed
from voiceslm.bench.soak.schedule import Kind
from voiceslm.conversation.moves import State
from voiceslm.daemon import client
from voiceslm.daemon.address import address
from voiceslm.home.link import TidyClient

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from voiceslm.bench.home.commands import Command
    from voiceslm.bench.soak.household import Household
    from voiceslm.bench.soak.schedule import Turn
    from voiceslm.events import Samples

WAKE_WORDS = {"okay_nabu": "Okay Nabu.", "hey_jarvis": "Hey Jarvis."}

TIMES = ("What time is it?", "What day is it today?")
CHATS = (
    "What is the capital of France?",
    "Who wrote Hamlet?",
    "Tell me about the sea.",
    "Why is the sky blue?",
    "What is a good name for a cat?",
    "How do birds fly?",
)
STOP = "Stop."
SAID = ("Dinner is ready.", "The washing machine has finished, and the dryer will be free in ten minutes.")

COMMANDS = 16
"""Things to say to the home."""

BREATH_SECONDS = 0.08
"""Between the wake word and what is wanted."""

SINKS_IN = 1.2
"""Seconds of the room's time in which what was said is noticed, or never."""

ANSWER_SECONDS = 90.0
"""Real ones until an answer is given up: the default profile's longest takes 20 on a quiet machine."""

HURT_SECONDS = 10.0
"""The same where something befalls the assistant, and an answer over a broken connection never comes."""

COUGH_LEVEL = 0.3
"""Amplitude."""

CALLED_ANYWAY = 0.3
"""Share of what is said after the wake word though none is needed."""


@dataclass(frozen=True, slots=True)
class Repertoire:
    """What can be said, as sound (float32 [n] at 16 kHz)."""

    wake: Mapping[str, Samples]
    times: Sequence[Samples]
    chats: Sequence[Samples]
    stop: Samples
    commands: Sequence[tuple[Command, Samples]]


async def rehearsed(house: Household) -> Repertoire:
    """Have everything spoken once, by the assistant's own voice."""

    async def sound(text: str) -> Samples:
        return trimmed((await spoken(house.assistant.conversation, text)).samples)

    given = commands(house.home, house.things)[:COMMANDS]
    return Repertoire(
        wake={word: await sound(text) for word, text in WAKE_WORDS.items()},
        times=[await sound(text) for text in TIMES],
        chats=[await sound(text) for text in CHATS],
        stop=await sound(STOP),
        commands=[(one, await sound(f"{one.text[0].upper()}{one.text[1:]}.")) for one in given],
    )


class Visitor:
    """Takes one turn after another."""

    def __init__(self, house: Household, repertoire: Repertoire) -> None:
        """Know what to say."""
        self._house = house
        self._can = repertoire
        self._chance = random.Random(0)  # noqa: S311 - a life that can be lived again
        self._hurt = False
        self._how: dict[Kind, Callable[[], Awaitable[bool | None]]] = {
            Kind.TIME: self._time,
            Kind.COMMAND: self._command,
            Kind.CHAT: self._chat,
            Kind.STOP: self._stop,
            Kind.NEXT: self._next,
            Kind.HASTY: self._hasty,
            Kind.SILENCE: self._silence,
            Kind.NOISE: self._noise,
            Kind.MQTT_ASK: self._mqtt_ask,
            Kind.MQTT_ALOUD: self._mqtt_aloud,
            Kind.SAY: self._say_at_door,
            Kind.HANG_UP: self._hang_up,
            Kind.MUTE: self._mute,
        }

    async def take(self, turn: Turn) -> bool | None:
        """Take a turn.

        Returns:
            Whether what was said came to what it should, as far as can be seen from here; None where nothing
            can.
        """
        self._chance = random.Random(turn.chance)  # noqa: S311
        self._hurt = turn.mishap is not None and turn.meanwhile
        return await self._how[turn.kind]()

    async def _time(self) -> bool:
        return await self._answered(self._can.times)

    async def _chat(self) -> bool:
        return await self._answered(self._can.chats)

    async def _command(self) -> bool:
        command, sound = self._chance.choice(self._can.commands)
        await command.prepare(self._house.things)
        await self._house.clock.wait(0.2)
        await self._say(sound)
        await self._over()
        return command.done(self._house.things.states)

    async def _stop(self) -> bool:
        return await self._interrupted(self._can.stop)

    async def _next(self) -> bool:
        return await self._interrupted(self._chance.choice(self._can.times))

    async def _hasty(self) -> None:
        await self._say(self._chance.choice(self._can.chats))
        await self._house.clock.wait(self._chance.uniform(0.0, 3.0))
        await self._say(self._chance.choice([*self._can.chats, *self._can.times]))
        await self._over()

    async def _silence(self) -> bool:
        ended = self._house.diary.turns
        await self._sound(self._wake())
        await self._house.clock.wait(SINKS_IN)
        return self._house.diary.turns == ended

    async def _noise(self) -> bool:
        ended = self._house.diary.turns
        noise = coughs(np.random.default_rng(self._chance.getrandbits(32)))
        await self._sound(noise * np.float32(COUGH_LEVEL / PEAK))
        await self._over()
        return self._house.diary.turns == ended

    async def _mqtt_ask(self) -> bool:
        return await self._asked(aloud=False)

    async def _mqtt_aloud(self) -> bool:
        return await self._asked(aloud=True)

    async def _say_at_door(self) -> bool:
        said = await self._at_door(request="say", text=self._chance.choice(SAID))
        return bool(said.get("reply"))

    async def _hang_up(self) -> None:
        _, door = await asyncio.open_unix_connection(str(address()))
        door.write(json.dumps({"request": "ask", "text": self._chance.choice(CHATS)}).encode() + b"\n")
        await door.drain()
        await self._house.clock.wait(self._chance.uniform(0.0, 2.0))
        door.close()
        await door.wait_closed()

    async def _mute(self) -> bool:
        await self._at_door(request="mute")
        ended = self._house.diary.turns
        await self._say(self._chance.choice(self._can.times))
        await self._over()
        unheard = self._house.diary.turns == ended
        await self._at_door(request="unmute")
        return unheard

    async def _answered(self, sounds: Sequence[Samples]) -> bool:
        ended = self._house.diary.turns
        await self._say(self._chance.choice(sounds))
        await self._over()
        return self._house.diary.turns > ended

    async def _interrupted(self, sound: Samples) -> bool:
        """Say something into a reply, after some of it."""
        await self._say(self._chance.choice(self._can.chats))
        house = self._house
        noticed = house.clock() + SINKS_IN
        await house.until(
            lambda: house.live.state is State.SPEAKING or (house.quiet and house.clock() > noticed),
            self._patience,
        )
        await house.clock.wait(self._chance.uniform(0.1, 2.0))
        speaking = house.live.state is State.SPEAKING
        await self._sound(sound)
        await self._over()
        return speaking

    async def _asked(self, *, aloud: bool) -> bool:
        house = self._house
        question = {"text": self._chance.choice(CHATS), "id": str(self._chance.random()), "speak": aloud}
        try:
            async with asyncio.timeout(self._patience), self._broker() as broker:
                await broker.subscribe(f"{house.topic}/answer", qos=1)
                await broker.publish(f"{house.topic}/ask", json.dumps(question), qos=1)
                async for message in broker.messages:
                    answer = json.loads(bytes(message.payload or b"{}"))
                    if answer["id"] == question["id"]:
                        return "error" not in answer
        except (aiomqtt.MqttError, TimeoutError):
            pass
        return False

    def _broker(self) -> TidyClient:
        return TidyClient(self._house.broker.host, self._house.broker.port)

    async def _at_door(self, **request: str) -> dict[str, object]:
        return await asyncio.to_thread(client.call, request, ANSWER_SECONDS)

    async def _say(self, sound: Samples) -> None:
        """Say it, after the wake word where that is needed."""
        needed = self._house.live.state is State.ASLEEP or self._chance.random() < CALLED_ANYWAY
        breath = np.zeros(round(BREATH_SECONDS * RATE), np.float32)
        await self._sound(np.concatenate([self._wake(), breath, sound]) if needed else sound)

    async def _sound(self, samples: Samples) -> None:
        """Let it sound, and wait until it is over."""
        house = self._house
        await house.clock.until(house.room.say(samples, house.clock() + 0.05))

    async def _over(self) -> None:
        """Wait until what was said has had its answer, or has not been noticed."""
        await self._house.clock.wait(SINKS_IN)
        await self._house.until(lambda: self._house.quiet, self._patience)

    def _wake(self) -> Samples:
        return self._can.wake[self._house.ear.word]

    @property
    def _patience(self) -> float:
        return HURT_SECONDS if self._hurt else ANSWER_SECONDS
