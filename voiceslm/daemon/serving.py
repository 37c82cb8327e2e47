"""The life of the daemon's process: start, go on with another configuration when told to, end.

A configuration that has changed is taken over by starting all anew but the engines, where those stay the
same: a second of silence, in a moment when nobody speaks. One that is wrong changes nothing.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from voiceslm.assistant import local_time
from voiceslm.crew import Crew
from voiceslm.daemon.address import address, claimed
from voiceslm.daemon.health import Health
from voiceslm.daemon.metrics import Metrics
from voiceslm.daemon.running import daemon
from voiceslm.errors import Problem

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager

    from voiceslm.config import Settings
    from voiceslm.daemon.notify import Notifier
    from voiceslm.daemon.onlooker import Onlooker
    from voiceslm.daemon.running import Daemon

QUIET_SECONDS = 30.0
"""Longest wait of a new configuration for the end of what is being said."""

BEAT_SECONDS = 1.0
"""While it loads the service manager is told so often that it still does."""

STEP_SECONDS = 30.0
"""Longest time without a beat while it loads."""


async def serve(
    read: Callable[[], Settings],
    onlooker: Onlooker,
    *,
    notifier: Notifier,
    reload: asyncio.Event,
    ready: Callable[[Daemon, Settings], None],
) -> None:
    """Run until cancelled.

    Args:
        read: reads the configuration; raises a `Problem` where it is wrong.
        onlooker: is told what goes on.
        notifier: to the service manager.
        reload: is set when the configuration is to be read again.
        ready: is called whenever it is warm and listens.

    Raises:
        Problem: the configuration is wrong at the start, another daemon runs, or it cannot go on.
        ExceptionGroup: what listens has failed.
    """
    settings = await asyncio.to_thread(read)
    proven: Settings | None = None
    metrics = Metrics()
    start = partial(daemon, onlooker=onlooker, notifier=notifier, health=Health(local_time))
    with claimed(address()):
        crew = _crew(settings)
        try:
            while True:
                counting = metrics if settings.metrics.port else None
                try:
                    async with _heard_of(notifier, start(settings, crew=crew, metrics=counting)) as running:
                        proven = settings
                        notifier.ready()
                        ready(running, settings)
                        wanted = await _next(
                            settings, partial(_possible, read, crew), onlooker, notifier, reload
                        )
                        notifier.status("taking over another configuration")
                        await running.quiet(QUIET_SECONDS)
                except Problem as problem:
                    if proven is None or settings is proven:
                        raise
                    onlooker.on_trouble(f"back to the configuration before: {problem}")
                    wanted = proven
                settings = wanted
                if not crew.fits(settings, home=bool(settings.mqtt.host)):
                    crew.close()
                    crew = _crew(settings)
        finally:
            crew.close()


def _crew(settings: Settings) -> Crew:
    """Return the engines that ``settings`` ask for, none of them loaded; raises as `Crew` does."""
    return Crew(settings, home=bool(settings.mqtt.host))


@asynccontextmanager
async def _heard_of(
    notifier: Notifier, starting: AbstractAsyncContextManager[Daemon]
) -> AsyncIterator[Daemon]:
    """Run the daemon; tell the service manager that it goes on until it is warm."""
    async with AsyncExitStack() as stack:
        beating = asyncio.create_task(_beat(notifier), name="beat")
        try:
            running = await stack.enter_async_context(starting)
        finally:
            beating.cancel()
        yield running


async def _beat(notifier: Notifier) -> None:
    notifier.status("loading models")
    while True:
        notifier.alive()
        notifier.extend(STEP_SECONDS)
        await asyncio.sleep(BEAT_SECONDS)


def _possible(read: Callable[[], Settings], crew: Crew) -> Settings:
    """Read the configuration; raises a `Problem` where it is wrong, or names what is not there. Blocks."""
    settings = read()
    crew.check(settings)
    return settings


async def _next(
    settings: Settings,
    read: Callable[[], Settings],
    onlooker: Onlooker,
    notifier: Notifier,
    reload: asyncio.Event,
) -> Settings:
    """Wait for a configuration that is another one, and right."""
    while True:
        await reload.wait()
        reload.clear()
        notifier.reloading()
        try:
            wanted = await asyncio.to_thread(read)
        except Problem as problem:
            onlooker.on_trouble(f"the configuration stays as it was: {problem}")
        else:
            if wanted != settings:
                onlooker.on_note("the configuration is taken over")
                return wanted
            onlooker.on_note("the configuration has not changed")
        notifier.ready()
