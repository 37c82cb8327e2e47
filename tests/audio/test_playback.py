"""The loudspeaker's queue: what comes out, when it falls silent, and what was heard."""

import numpy as np
import pytest

from voiceslm.audio.playback import DUCKED, Playback
from voiceslm.events import Audible, Audio, Played, Speech

RATE = 1000


class Loudspeaker:
    """Pulls ten milliseconds at a time and keeps what came."""

    def __init__(self, rate=RATE):
        self.events: list[Audible | Played] = []
        self.playback = Playback(self.events.append, rate=rate)
        self.now = 100.0
        self.out = np.zeros(0, np.float32)

    def run(self, seconds):
        for _ in range(round(seconds * 100)):
            block = self.playback.pull(self.playback.rate // 100, self.now)
            self.out = np.concatenate([self.out, block])
            self.now += 0.01
        return self

    def say(self, text, seconds=1.0, turn=1, rate=RATE):
        samples = np.full(round(seconds * rate), 0.5, np.float32)
        self.playback.play(Speech(turn, text, Audio(samples, rate)))
        return self


@pytest.fixture
def speaker():
    return Loudspeaker()


def test_clauses_follow_each_other_without_a_gap(speaker):
    speaker.say("One,", 0.2).say("two.", 0.2).run(0.5)
    assert np.all(speaker.out[:400] == 0.5)
    assert np.all(speaker.out[400:] == 0)


def test_the_first_sample_and_the_last_are_reported_with_their_times(speaker):
    speaker.run(0.5).say("One.", 0.2).playback.finish(1)
    speaker.run(0.5)
    assert [type(event) for event in speaker.events] == [Audible, Played]
    assert [event.at for event in speaker.events] == pytest.approx([100.5, 100.7])


def test_a_reply_whose_next_clause_is_late_waits_and_does_not_end(speaker):
    speaker.say("One,", 0.2).run(3)
    assert [type(event) for event in speaker.events] == [Audible]
    speaker.say("two.", 0.2).playback.finish(1)
    speaker.run(1)
    assert [type(event) for event in speaker.events] == [Audible, Played]
    assert speaker.playback.heard(1) == "One, two."


def test_stopping_fades_within_ten_milliseconds_and_drops_the_rest(speaker):
    speaker.say("One two three four.", 1.0).say("Five.", 1.0).run(0.5)
    speaker.playback.stop()
    speaker.run(1)
    assert np.all(speaker.out[510:] == 0)
    assert np.all(np.diff(speaker.out[499:510]) <= 0)
    assert not any(isinstance(event, Played) for event in speaker.events)


def test_only_the_words_that_were_played_count_as_heard(speaker):
    speaker.say("One two three four.", 1.0).say("Five.", 1.0).run(0.5)
    speaker.playback.stop()
    speaker.run(0.1)
    assert speaker.playback.heard(1) == "One two"


def test_nothing_was_heard_of_a_turn_that_never_sounded(speaker):
    speaker.say("One.")
    assert speaker.playback.heard(1) == ""
    assert speaker.playback.heard(2) == ""


def test_a_pause_keeps_the_place_and_a_little_is_said_again(speaker):
    speaker.say("One.", 1.0).run(0.5)
    speaker.playback.pause()
    speaker.run(1)
    paused = np.count_nonzero(speaker.out)
    assert np.all(speaker.out[510:1500] == 0)
    speaker.playback.resume()
    speaker.run(1.5)
    assert np.count_nonzero(speaker.out) - paused == pytest.approx(490 + 250, abs=15)


def test_a_pause_before_the_first_sample_holds_the_reply_back(speaker):
    speaker.playback.pause()
    speaker.say("One.", 0.2).run(0.5)
    speaker.playback.resume()
    speaker.run(0.5)
    assert not np.any(speaker.out[:500])
    assert np.count_nonzero(speaker.out) == pytest.approx(200, abs=10)
    assert speaker.events[0].at == pytest.approx(100.5)


def test_ducking_is_soft_and_without_a_click(speaker):
    speaker.say("One.", 1.0).run(0.3)
    speaker.playback.duck()
    speaker.run(0.2)
    speaker.playback.resume()
    speaker.run(0.2)
    assert speaker.out[400] == pytest.approx(0.5 * DUCKED)
    assert speaker.out[600] == pytest.approx(0.5)
    assert np.max(np.abs(np.diff(speaker.out[:600]))) < 0.06


def test_another_turn_replaces_what_was_queued(speaker):
    speaker.say("Old.", 1.0, turn=1).run(0.1)
    speaker.say("New.", 0.1, turn=2).playback.finish(2)
    speaker.run(1)
    assert [event.turn for event in speaker.events] == [1, 2, 2]
    assert np.count_nonzero(speaker.out) == 200


def test_finishing_a_stale_turn_changes_nothing(speaker):
    speaker.say("New.", 0.1, turn=2).playback.finish(1)
    speaker.run(0.5)
    assert [type(event) for event in speaker.events] == [Audible]


def test_a_voice_at_another_rate_lasts_as_long():
    speaker = Loudspeaker(rate=48_000)
    speaker.say("One.", 0.5, rate=22_050).run(1)
    assert np.count_nonzero(speaker.out) == pytest.approx(24_000, abs=50)


def test_a_new_loudspeaker_goes_on_where_the_old_one_stopped(speaker):
    speaker.say("One.", 1.0).run(0.5)
    speaker.playback.open(2 * RATE)
    before = len(speaker.out)
    speaker.run(1)
    assert np.count_nonzero(speaker.out[before:]) == pytest.approx(1000, abs=20)


def test_a_chime_is_heard_at_once_over_a_clause_and_changes_nothing_else(speaker):
    speaker.say("One.", 0.2)
    speaker.playback.chime(Audio(np.full(50, 0.25, np.float32), RATE))
    speaker.playback.finish(1)
    speaker.run(0.4)
    assert np.all(speaker.out[:50] == 0.75)
    assert np.all(speaker.out[50:200] == 0.5)
    assert not np.any(speaker.out[200:])
    assert [type(event) for event in speaker.events] == [Audible, Played]


def test_a_chime_needs_no_turn_and_reports_none(speaker):
    speaker.playback.chime(Audio(np.full(50, 0.25, np.float32), RATE))
    speaker.run(0.1)
    assert np.count_nonzero(speaker.out) == 50
    assert speaker.events == []


@pytest.mark.parametrize(("percent", "amplitude"), [(100, 0.5), (50, 0.125), (10, 0.005), (0, 0.0)])
def test_the_volume_is_the_square_of_its_share(speaker, percent, amplitude):
    speaker.playback.set_volume(percent)
    speaker.say("One.", 0.2).run(0.2)
    assert speaker.out == pytest.approx(np.full(200, amplitude))


def test_a_silent_reply_takes_as_long_as_one_that_is_heard(speaker):
    speaker.playback.set_volume(0)
    speaker.say("One.", 0.2).playback.finish(1)
    speaker.run(0.5)
    assert [type(event) for event in speaker.events] == [Audible, Played]
    assert speaker.playback.heard(1) == "One."


def test_another_volume_holds_from_the_next_sample_on_and_for_later_turns(speaker):
    speaker.say("One.", 0.4).run(0.2).playback.set_volume(50)
    speaker.run(0.2).say("Two.", 0.2, turn=2).run(0.2)
    assert speaker.out == pytest.approx(np.repeat([0.5, 0.125], [200, 400]))


def test_a_signal_is_as_loud_as_what_is_said(speaker):
    speaker.playback.set_volume(50)
    speaker.playback.chime(Audio(np.full(100, 0.5, np.float32), RATE))
    assert speaker.run(0.1).out == pytest.approx(np.full(100, 0.125))


@pytest.mark.parametrize(("percent", "kept"), [(-5, 0), (250, 100)])
def test_a_volume_beyond_its_ends_is_the_nearest_there_is(speaker, percent, kept):
    speaker.playback.set_volume(percent)
    assert speaker.playback.volume == kept
