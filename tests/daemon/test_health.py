"""How each part is, since when, and what is news; whether the whole still serves; which clock did what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from voiceslm.daemon.health import Condition, Health, Part
from voiceslm.daemon.pulse import DEAF_SECONDS, Pulse
from voiceslm.daemon.times import Times

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now

    def goes_on(self, seconds=60):
        self.now += timedelta(seconds=seconds)


# Health


def test_at_first_only_what_is_not_well_is_news():
    news = Health(Clock()).take({Part.LLM: "", Part.BROKER: "nothing listens there"})
    assert news == {Part.BROKER: Condition("nothing listens there", NOON)}


def test_what_stays_as_it_is_is_no_news_and_keeps_its_beginning():
    clock = Clock()
    health = Health(clock)
    health.take({Part.BROKER: "gone"})
    clock.goes_on()
    assert health.take({Part.BROKER: "gone"}) == {}
    assert health.degraded[Part.BROKER].since == NOON


def test_recovery_and_another_reason_are_news():
    clock = Clock()
    health = Health(clock)
    health.take({Part.BROKER: "gone", Part.LLM: "it fails"})
    clock.goes_on()
    news = health.take({Part.BROKER: "wrong password", Part.LLM: ""})
    assert news == {
        Part.BROKER: Condition("wrong password", clock.now),
        Part.LLM: Condition("", clock.now),
    }
    assert health.degraded.keys() == {Part.BROKER}


def test_a_part_that_is_no_more_is_forgotten():
    health = Health(Clock())
    health.take({Part.BROKER: "gone"})
    health.take({})
    assert health.document() == {}


def test_the_document_says_how_each_part_is_and_since_when():
    health = Health(Clock())
    health.take({Part.MICROPHONE: "there is no microphone", Part.LLM: ""})
    since = "2026-11-24T12:00:00+00:00"
    assert health.document() == {
        "microphone": {"state": "degraded", "why": "there is no microphone", "since": since},
        "llm": {"state": "ok", "why": "", "since": since},
    }


# Pulse


def failing(pulse, now, *, frames=0, excused=False, hung=""):
    return pulse.failing(now, frames=frames, excused=excused, hung=hung)


def looked_at(pulse, begin, seconds, **seen):
    """Look once a second, for ``seconds``; return the last verdict."""
    return [failing(pulse, begin + second, **seen) for second in range(1, seconds + 1)][-1]


def test_frames_that_flow_keep_it_alive():
    pulse = Pulse(0.0)
    assert not any(failing(pulse, now, frames=now) for now in range(1, 1000))


def test_a_microphone_that_claims_to_work_and_gives_nothing_is_a_reason_to_end():
    pulse = Pulse(0.0)
    assert not failing(pulse, 1.0, frames=100)
    assert not looked_at(pulse, 1.0, int(DEAF_SECONDS), frames=100)
    assert "nothing was heard" in failing(pulse, 1.1 + DEAF_SECONDS, frames=100)


def test_a_reason_that_is_known_excuses_silence_and_time_counts_from_its_end():
    pulse = Pulse(0.0)
    assert not looked_at(pulse, 0.0, 1000, excused=True)
    assert not looked_at(pulse, 1000.0, int(DEAF_SECONDS))
    assert failing(pulse, 1000.1 + DEAF_SECONDS)


def test_an_engine_that_hangs_is_a_reason_to_end_whatever_else_works():
    assert "llm" in failing(Pulse(0.0), 1.0, frames=100, hung="llm")


# Times

START = Times(wall=1_000_000.0, awake=500.0, since_boot=800.0)


def test_time_that_goes_by_is_neither_sleep_nor_a_clock_that_was_set():
    later = Times(1_000_010.0, 510.0, 810.0)
    assert (START.slept(later), START.set_by(later)) == (0.0, 0.0)


def test_sleep_is_what_the_monotonic_clock_missed():
    later = Times(1_003_601.0, 501.0, 4401.0)
    assert (START.slept(later), START.set_by(later)) == (3600.0, 0.0)


def test_a_clock_that_is_set_is_told_with_its_direction():
    assert START.set_by(Times(1_003_601.0, 501.0, 801.0)) == 3600.0
    assert START.set_by(Times(996_401.0, 501.0, 801.0)) == -3600.0


def test_a_clock_that_is_disciplined_is_not_worth_a_word():
    assert START.set_by(Times(1_000_001.5, 501.0, 801.0)) == 0.0
