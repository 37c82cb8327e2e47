"""What befalls the assistant, and that it recovers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiomqtt

from voiceslm.bench.soak.schedule import Mishap
from voiceslm.bench.soak.visitor import WAKE_WORDS
from voiceslm.home.link import TidyClient

if TYPE_CHECKING:
    import random
    from collections.abc import Awaitable, Callable

    from voiceslm.bench.soak.household import Household

AWAY_SECONDS = (0.1, 1.0)
"""Real seconds without a broker."""

UNPLUGGED_SECONDS = (0.5, 9.0)
"""The room's seconds without a device: a reply waits five for a loudspeaker."""

NOTICED_SECONDS = 0.2
"""The room's seconds from the first sound to knowing how much time has passed without any."""

RECOVERY_SECONDS = 40.0
"""Real ones until it counts as not recovered: a second attempt to reach the broker comes within ten."""


async def befall(mishap: Mishap, house: Household, chance: random.Random) -> str:
    """Let it happen; return what has not recovered, or nothing."""
    return await _HOW[mishap](house, chance)


async def _broker_killed(house: Household, chance: random.Random) -> str:
    await house.broker.kill()
    return await _broker_again(house, chance)


async def _broker_stopped(house: Household, chance: random.Random) -> str:
    await house.broker.stop()
    return await _broker_again(house, chance)


async def _broker_again(house: Household, chance: random.Random) -> str:
    await asyncio.sleep(chance.uniform(*AWAY_SECONDS))
    await house.broker.start()
    return await _at_home(house)


async def _broker_hangs(house: Household, chance: random.Random) -> str:
    house.broker.pause()
    await asyncio.sleep(chance.uniform(*AWAY_SECONDS))
    house.broker.resume()
    return await _at_home(house)


async def _at_home(house: Household) -> str:
    def known() -> bool:
        home = house.running.status()["home"]
        return bool(home["connected"]) and home["entities"] >= len(house.things.states)

    return "" if await house.until(known, RECOVERY_SECONDS) else "the home is not reached again"


async def _microphone(house: Household, chance: random.Random) -> str:
    return await _unplugged(house, chance, microphone=False)


async def _loudspeaker(house: Household, chance: random.Random) -> str:
    return await _unplugged(house, chance, loudspeaker=False)


async def _both(house: Household, chance: random.Random) -> str:
    return await _unplugged(house, chance, microphone=False, loudspeaker=False)


async def _unplugged(
    house: Household, chance: random.Random, *, microphone: bool = True, loudspeaker: bool = True
) -> str:
    card = house.card
    card.microphone, card.loudspeaker = microphone, loudspeaker
    await house.clock.wait(chance.uniform(*UNPLUGGED_SECONDS))
    card.microphone = card.loudspeaker = True
    trouble = await sounding(house)
    await house.clock.wait(NOTICED_SECONDS)
    return trouble


async def sounding(house: Household) -> str:
    """Wait until both halves of the sound work; return what does not, or nothing."""

    def works() -> bool:
        status = house.sound.status()
        return bool((status["microphone"] or house.live.muted) and status["loudspeaker"])

    return "" if await house.until(works, RECOVERY_SECONDS) else "the sound does not come back"


async def _wake_word(house: Household, _chance: random.Random) -> str:
    other = next(word for word in WAKE_WORDS if word != house.ear.word)
    try:
        async with TidyClient(house.broker.host, house.broker.port) as client:
            await client.publish(f"{house.topic}/wake_word/set", other, qos=1)
    except aiomqtt.MqttError as error:
        return f"the broker is not reached: {error}"
    changed = await house.until(lambda: house.ear.word == other, RECOVERY_SECONDS)
    return "" if changed else "the wake word does not change"


async def _forget(house: Household, _chance: random.Random) -> str:
    house.assistant.conversation.forget()
    return ""


_HOW: dict[Mishap, Callable[[Household, random.Random], Awaitable[str]]] = {
    Mishap.BROKER_KILLED: _broker_killed,
    Mishap.BROKER_STOPPED: _broker_stopped,
    Mishap.BROKER_HANGS: _broker_hangs,
    Mishap.MICROPHONE: _microphone,
    Mishap.LOUDSPEAKER: _loudspeaker,
    Mishap.BOTH: _both,
    Mishap.WAKE_WORD: _wake_word,
    Mishap.FORGET: _forget,
}
