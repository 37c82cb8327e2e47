import asyncio
import time

from voiceslm.metrics.memory import resident_mb
from voiceslm.metrics.stalls import watch_stalls


async def test_a_loop_that_is_blocked_is_seen():
    async with watch_stalls() as stalls:
        await asyncio.sleep(0)
        end = time.perf_counter() + 0.05
        while time.perf_counter() < end:
            pass
        await asyncio.sleep(0.01)
    assert stalls.longest_ms >= 40


def test_resident_memory_follows_what_is_held():
    before = resident_mb()
    held = bytearray(b"x" * 50_000_000)
    assert resident_mb() - before > 40
    assert len(held) == 50_000_000
