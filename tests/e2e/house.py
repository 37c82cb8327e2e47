"""A broker and a simulated home beside a test that is not asynchronous: they live in a thread of their own."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager

from voiceslm.bench.home.broker import broker
from voiceslm.bench.home.devices import SimulatedHome
from voiceslm.errors import Problem

PATIENCE = 20.0
"""Seconds."""


def light(name, area, key):
    """Return the discovery of a light as Zigbee2MQTT announces one: topic -> payload."""
    topic = f"zigbee2mqtt/{key}"
    return {
        f"homeassistant/light/{key}/light/config": {
            "name": None,
            "schema": "json",
            "brightness": True,
            "brightness_scale": 254,
            "supported_color_modes": ["brightness"],
            "command_topic": f"{topic}/set",
            "state_topic": topic,
            "unique_id": f"{key}_light",
            "default_entity_id": f"light.{key}",
            "device": {"identifiers": [key], "name": name, "suggested_area": area},
        }
    }


def lock(name, area, key):
    """Return the same of a lock."""
    topic = f"zigbee2mqtt/{key}"
    return {
        f"homeassistant/lock/{key}/lock/config": {
            "name": None,
            "command_topic": f"{topic}/set",
            "state_topic": topic,
            "value_template": "{{ value_json.state }}",
            "state_locked": "LOCK",
            "state_unlocked": "UNLOCK",
            "unique_id": f"{key}_lock",
            "default_entity_id": f"lock.{key}",
            "device": {"identifiers": [key], "name": name, "suggested_area": area},
        }
    }


class House:
    """What a test does with the home from outside its loop."""

    def __init__(self, home, server, loop):
        self.home = home
        self.host, self.port = server.host, server.port
        self._server, self._loop = server, loop

    @property
    def states(self):
        return self.call(self._states())

    @property
    def commands(self):
        """Topic and payload of all that was commanded."""
        return [(message.topic, message.payload) for message in self.home.log]

    def until(self, condition):
        """Wait until the home's states fulfil ``condition``."""
        assert self.call(self._until(condition)), self.states

    def call(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE * 2)

    async def _states(self):
        return self.home.states

    async def _until(self, condition):
        async with asyncio.timeout(PATIENCE):
            while not condition(self.home.states):  # noqa: ASYNC110 - the home tells no one
                await asyncio.sleep(0.02)
        return True


@contextmanager
def furnished(discovery, initial):
    """Live in a home while the block runs.

    Raises:
        Problem: there is no broker on this machine.
    """
    ready, done = threading.Event(), threading.Event()
    found: list[House | Problem] = []

    async def live():
        async with broker() as server, SimulatedHome(server, discovery, initial=initial) as home:
            found.append(House(home, server, asyncio.get_running_loop()))
            ready.set()
            await asyncio.to_thread(done.wait)

    def run():
        try:
            asyncio.run(live())
        except Problem as problem:
            found.append(problem)
        finally:
            ready.set()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait(PATIENCE)
    try:
        if isinstance(found[0], Problem):
            raise found[0]
        yield found[0]
    finally:
        done.set()
        thread.join(PATIENCE)
