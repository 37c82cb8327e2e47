"""What the process holds."""

from __future__ import annotations

from voiceslm.metrics.memory import give_back, resident_mb


def test_what_is_kept_for_later_is_given_back():
    hoard = [b"x" * 100_000 for _ in range(1000)]  # each small enough for the heap
    last = hoard[-1]  # the heap only shrinks by itself when its end is free
    del hoard
    before = resident_mb()
    give_back()
    assert resident_mb() < before - 50
    assert last
