"""What can be commanded in the virtual room: a real home of a few devices, and a broker that plays them."""

from __future__ import annotations

import asyncio
import functools
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from tests.conversation.live_room import at_home
from voiceslm.conversation.acting import Acting
from voiceslm.conversation.tooling import Tooling
from voiceslm.home.home import Home
from voiceslm.home.registry import Registry
from voiceslm.intents.home import HomeSentences

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from voiceslm.conversation.router import Router

PIN = "4711"
SPOKEN_PIN = "Four seven one one."
CONFIRM_SECONDS = 2.0
REPORT_SECONDS = 0.2
"""How long a device takes to report after it was told."""

COMMANDS_PER_MINUTE = 60

DEVICES: dict[str, dict[str, Any]] = {
    "light/kitchen": {"name": "kitchen light", "area": "Kitchen"},
    "light/bedroom": {"name": "bedroom light", "area": "Bedroom"},
    "light/desk": {"name": "desk lamp", "area": "Study"},
    "light/floor": {"name": "floor lamp", "area": "Study"},
    "light/guests": {"name": "side lamp", "area": "Guest room"},
    "light/landing": {"name": "side lamp", "area": "Landing"},
    "fan/study": {"name": "fan", "area": "Study"},
    "switch/coffee": {"name": "coffee machine", "area": "Kitchen", "state_topic": None},
    "cover/blinds": {"name": "blinds", "area": "Living room", "device_class": "blind"},
    "lock/front": {"name": "front door", "area": "Hall"},
    "lock/back": {"name": "back door", "area": "Hall"},
}
"""Component and topic -> what is said about it."""

REPORTED = {
    "OPEN": "open",
    "CLOSE": "closed",
    "LOCK": "LOCKED",
    "UNLOCK": "UNLOCKED",
}
"""What the devices report to a command, where it is something else."""


class Broker:
    """Remembers what is published, and when; the devices report what they were told, after a while."""

    def __init__(self, clock: Any) -> None:
        """Be connected."""
        self.take: Any = None
        self.connected = True
        self.published: list[tuple[float, str, str]] = []
        self.reported: list[tuple[float, str, str]] = []
        self.seconds = REPORT_SECONDS
        self.silent: set[str] = set()
        """Devices that never report."""
        self.stubborn: dict[str, str] = {}
        """Device -> what it reports whatever it was told."""
        self._clock = clock

    @property
    def sent(self):
        """What was published, without its times."""
        return [(topic, payload) for _, topic, payload in self.published]

    async def publish(self, message, *, deadline):
        assert not message.retain
        if not self.connected:
            return False
        self.published.append((self._clock(), message.topic, message.payload))
        device = message.topic.removesuffix("/set")
        if device not in self.silent:
            report = self.stubborn.get(device, REPORTED.get(message.payload, message.payload))
            asyncio.get_running_loop().call_later(self.seconds, self.report, device, report)
        await asyncio.sleep(0)  # the broker acknowledges it
        return True

    def report(self, device, state):
        """Let a device tell how it is."""
        self.reported.append((self._clock(), device, state))
        self.take(device, state.encode())

    def subscribe(self, topics):
        """Take note of nothing: every state comes."""


class Household:
    """A home of `DEVICES`."""

    def __init__(self) -> None:
        """Let everything be off, closed and locked; call in virtual time."""
        clock = asyncio.get_running_loop().time
        self.broker = Broker(clock)
        registry = Registry()
        self.home = Home(
            registry,
            self.broker,
            confirm_seconds=CONFIRM_SECONDS,
            commands_per_minute=COMMANDS_PER_MINUTE,
            clock=clock,
        )
        self.broker.take = self.home.take
        for key, about in DEVICES.items():
            self.home.take(*_announced(key, **about))
        for key in DEVICES:
            device = key.partition("/")[2]
            state = {"lock": "LOCKED", "cover": "closed"}.get(key.partition("/")[0], "OFF")
            self.home.take(device, state.encode())
            self.home.take(f"{device}/online", b"online")
        self.acting = Acting(self.home, allowed=["front door"], pin=PIN, clock=clock)
        self.sentences = _sentences()
        self.sentences.learn([*self.home.entities.values()])

    def tooling(self, router: Router) -> Tooling:
        """Return what the language model can do here."""
        tooling = Tooling(self.home, router, "")
        tooling.learn([*self.home.entities.values()])
        return tooling

    def state(self, entity: str) -> Any:
        """Return the state of an entity."""
        return self.home.state(entity)["state"]


def _announced(key: str, *, name: str, area: str, **more: Any) -> tuple[str, bytes]:
    component, _, device = key.partition("/")
    config = {
        "name": None,
        "unique_id": device,
        "command_topic": f"{device}/set",
        "state_topic": device,
        "availability_topic": f"{device}/online",
        "device": {"identifiers": [device], "name": name, "suggested_area": area},
        **more,
    }
    config = {field: value for field, value in config.items() if value is not None or field == "name"}
    return f"homeassistant/{component}/{device}/config", json.dumps(config).encode()


_sentences = functools.cache(HomeSentences)
"""One for all tests: it takes half a second."""


@asynccontextmanager
async def living(**options: Any) -> AsyncIterator[tuple[Any, Household]]:
    """Live in the room with these devices; `options` are those of `at_home`."""
    household = Household()
    async with at_home(household=household, **options) as home:
        yield home, household
