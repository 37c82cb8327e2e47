"""Who has the floor: what the machine wants done, given what is heard and when it is understood."""

from __future__ import annotations

import itertools

import pytest

from tests.conversation.live_room import Words
from voiceslm.conversation.floor import (
    ALARMS_IGNORED,
    AWAKE_SECONDS,
    BREAK_SECONDS,
    DISMISS_AFTER,
    ECHOES_BEFORE_BREAK,
    GAP,
    HESITATION,
    HUSH_AFTER,
    LISTEN_AFTER,
    LOST_SECONDS,
    PARTIAL_AFTER,
    PARTIAL_EVERY,
    PARTIAL_SHARE,
    PAUSE,
    PREROLL,
    REOPEN_AFTER,
    RESUMED,
    TAIL_SECONDS,
    WORDLESS_SECONDS,
    Floor,
)
from voiceslm.conversation.moves import (
    HANGOVER,
    Apologise,
    Commit,
    Draft,
    Drop,
    Judge,
    Judged,
    Loudspeaker,
    Mode,
    Policy,
    Prefill,
    State,
    Transcribe,
    Understood,
    Weighed,
)
from voiceslm.events import Activity
from voiceslm.listening.endpoint import SILENCE, Pause, Preset, Reason, endpoint
from voiceslm.listening.gate import QUIET, STEP

NOTICED_STEPS = QUIET.needed
NOTICED = NOTICED_STEPS * STEP
"""Seconds of speech until an utterance begins."""

REPLY = "The capital of France is Paris."


def seconds(reason):
    """Return how much silence the reason asks for."""
    return SILENCE[reason][Preset.NORMAL]


def first_opinion(*, closing, finished):
    """Return why "Tell me about Paris." ends where the two models think so."""
    pause = Pause(
        silence=9.0,
        finished=finished,
        closing=closing,
        text="Tell me about Paris.",
        complete=False,
        longest_pause=0.0,
        language="en",
    )
    return endpoint(pause, Preset.NORMAL)


class Talk:
    """A conversation without sound: time goes by in steps, answers come when they are due."""

    def __init__(self, policy=None, *, stt=0.2, finished=0.5, closing=None):
        self.floor = Floor(policy or Policy())
        self.stt, self.finished, self.closing = stt, finished, closing
        self.words = Words()
        self.now = 0.0
        self.done = []
        """Everything it wanted done: when, and what."""
        self.most_awaited = 0
        """Transcripts that were awaited at a time."""
        self._due = []

    def take(self, actions):
        for action in actions:
            self.done.append((self.now, action))
            match action:
                case Transcribe(utterance, begin, until):
                    text = self.words.between(begin, until)
                    complete = text == "Stop."
                    understood = Understood(utterance, until, text, complete)
                    self._due.append((self.now + self.stt, self.floor.understand, understood))
                case Judge(utterance, _, until):
                    judged = Judged(utterance, until, self.finished)
                    self._due.append((self.now + 0.06, self.floor.judge, judged))
                case Draft(utterance, text) if self.closing is not None:
                    weighed = Weighed(utterance, text, self.closing)
                    self._due.append((self.now + 0.1, self.floor.weigh, weighed))
        awaited = sum(isinstance(answer, Understood) for _, _, answer in self._due)
        self.most_awaited = max(self.most_awaited, awaited)

    def hears(self, duration, *, speech, level=-20.0):
        """Let time pass."""
        for _ in range(round(duration / STEP)):
            self.now += STEP
            due = [entry for entry in self._due if entry[0] <= self.now]
            self._due = [entry for entry in self._due if entry[0] > self.now]
            for _, tell, answer in due:
                self.take(tell(answer))
            heard = level if speech else -60.0
            self.take(self.floor.hear(Activity(self.now, float(speech), heard, -60.0)))
        return self

    def says(self, text, duration=None):
        """Let the user speak; 0.3 s a word."""
        duration = duration or 0.3 * len(text.split())
        self.words.write(text, self.now, round(duration / STEP) * STEP)
        return self.hears(duration, speech=True)

    def noise(self, duration):
        return self.hears(duration, speech=True)

    def silence(self, duration):
        return self.hears(duration, speech=False)

    def replies(self, text=REPLY):
        """Let the assistant be in the middle of a reply."""
        self.says("Tell me about France.").silence(3)
        assert isinstance(self.done[-1][1], Commit)
        self.floor.spoken = text
        self.take(self.floor.audible())
        self.silence(1)
        self.done.clear()
        return self

    def wakes(self, ended=None):
        self.take(self.floor.wake(self.now, self.now if ended is None else ended))
        return self

    def wanted(self, kind):
        """Return what it wanted done of this kind."""
        return [action for _, action in self.done if isinstance(action, kind)]

    def when(self, knob):
        """Return when it first wanted that of the loudspeaker."""
        return next(at for at, action in self.done if action is knob)

    @property
    def knobs(self):
        """What it did with the loudspeaker."""
        return self.wanted(Loudspeaker)

    def when_first(self, kind):
        """Return when it first wanted something of this kind."""
        return next(at for at, action in self.done if isinstance(action, kind))

    @property
    def commit(self):
        """When the only utterance was taken to be over, and how."""
        ((at, commit),) = [(at, action) for at, action in self.done if isinstance(action, Commit)]
        return at, commit

    @property
    def drafts(self):
        return [draft.text for draft in self.wanted(Draft)]

    @property
    def state(self):
        return self.floor.state


class TestAnUtterance:
    def test_that_is_a_whole_command_is_over_soon_after_speech_ends(self):
        talk = Talk().silence(1).says("Stop.", 0.4)
        end = talk.now
        talk.silence(3)
        at, commit = talk.commit
        assert commit.reason is Reason.COMMAND
        assert at - end <= seconds(Reason.COMMAND) + STEP
        assert commit.ended == pytest.approx(end, abs=STEP)

    def test_that_is_a_question_is_over_once_voice_and_words_both_say_so(self):
        talk = Talk(finished=0.99, closing=0.99).says("Who was Ada Lovelace?")
        end = talk.now
        at, commit = talk.silence(3).commit
        assert commit.reason is Reason.FINISHED
        assert at - end == pytest.approx(seconds(Reason.FINISHED), abs=1.5 * STEP)

    def test_that_hangs_is_waited_for(self):
        talk = Talk(finished=0.99).says("Turn on the")
        end = talk.now
        at, commit = talk.silence(3).commit
        assert commit.reason is Reason.HANGING
        assert at - end == pytest.approx(seconds(Reason.HANGING), abs=1.5 * STEP)

    def test_is_as_long_as_its_transcript_takes_where_that_is_slow(self):
        talk = Talk(stt=1.0).says("Stop.", 0.4)
        end = talk.now
        at, _ = talk.silence(3).commit
        assert at - end == pytest.approx(PAUSE + 1.0, abs=2.5 * STEP)

    def test_begins_before_it_was_noticed(self):
        talk = Talk().silence(2).says("Stop.", 0.4)
        begin = talk.now - 0.4
        talk.silence(1)
        (asked,) = talk.wanted(Transcribe)
        assert begin - PREROLL - 3 * STEP <= asked.begin <= begin - PREROLL + STEP

    def test_shorter_than_three_stretches_is_none(self):
        talk = Talk().silence(1).noise(NOTICED - STEP).silence(3)
        assert talk.done == []

    def test_with_a_pause_in_the_middle_is_one(self):
        talk = Talk().says("Tell me about").silence(0.7).says("the Eiffel tower.").silence(3)
        _, commit = talk.commit
        assert talk.drafts[-1] == "Tell me about the Eiffel tower."
        assert commit.reason is not Reason.LONGEST

    def test_that_goes_on_after_a_pause_has_the_first_draft_dropped(self):
        talk = Talk().says("Tell me about").silence(0.7).says("the Eiffel tower.").silence(3)
        kinds = [type(action) for _, action in talk.done if isinstance(action, Draft | Drop | Commit)]
        assert kinds == [Draft, Drop, Draft, Commit]

    def test_whose_speaker_pauses_long_is_waited_for_as_long_again(self):
        talk = Talk(finished=0.99).says("I think that it is").silence(1.2).says("a very good idea.")
        end = talk.now
        at, _ = talk.silence(3).commit
        assert at - end > 1.2

    def test_is_not_resumed_by_a_click_in_the_pause(self):
        talk = Talk().says("Tell me about Paris.").silence(0.4).noise(STEP).silence(3)
        assert len(talk.drafts) == 1
        assert talk.wanted(Drop) == []

    def test_is_resumed_by_a_word_in_the_pause(self):
        talk = Talk().says("Tell me about Paris.").silence(0.4).says("Now.", RESUMED + STEP).silence(3)
        assert talk.drafts[-1] == "Tell me about Paris. Now."

    def test_without_words_is_nothing(self):
        talk = Talk().noise(0.5).silence(3)
        assert (talk.drafts, talk.wanted(Commit)) == ([], [])
        assert talk.state is State.AWAKE

    def test_is_taken_as_it_is_when_it_has_lasted_too_long(self):
        talk = Talk(Policy(longest=10.0), stt=0.5).says(" ".join(["word"] * 50), 15)
        commit, at = talk.wanted(Commit)[0], talk.when_first(Commit)
        assert commit.reason is Reason.LONGEST
        assert 10 < at < 10 + 0.5 + PAUSE + PREROLL + 4 * STEP

    def test_is_over_when_words_stop_but_sound_goes_on(self):
        talk = Talk().says("Tell me about Paris now.").noise(8)
        commit = talk.wanted(Commit)[0]
        assert commit.reason is Reason.STABLE
        assert talk.drafts[0] == "Tell me about Paris now."
        assert talk.when_first(Commit) < 1.5 + 4 * PARTIAL_EVERY

    def test_of_someone_far_quieter_in_the_background_does_not_keep_it_open(self):
        talk = Talk().says("Tell me about Paris now.")
        end = talk.now
        talk.hears(3, speech=True, level=-45.0)
        at, commit = talk.commit
        assert at - end <= seconds(commit.reason) + 2 * STEP
        assert commit.reason is not Reason.STABLE

    def test_goes_on_through_a_gap_in_the_frames(self):
        talk = Talk().says("Tell me about")
        talk.now += LOST_SECONDS - 1
        talk.says("Paris.").silence(3)
        _, commit = talk.commit
        assert talk.drafts[-1] == "Tell me about Paris."
        assert commit.ended == pytest.approx(talk.now - 3, abs=2 * STEP)

    def test_is_dropped_after_a_gap_in_which_anything_may_have_been_said(self):
        talk = Talk().says("Tell me about").silence(0.3)
        talk.now += LOST_SECONDS + 1
        talk.silence(3)
        assert talk.wanted(Drop)
        assert not talk.wanted(Commit)


class TestTranscripts:
    def test_a_draft_that_the_endpoint_confirms_is_not_made_twice(self):
        talk = Talk().says("Tell me about Paris.").silence(3)
        kinds = [type(action) for _, action in talk.done if isinstance(action, Draft | Drop | Commit)]
        assert kinds == [Draft, Commit]

    def test_whatever_the_length_all_that_was_said_is_transcribed_once(self):
        for steps in range(NOTICED_STEPS, 60):
            talk = Talk(stt=0.7).silence(1).says("Tell me about Paris.", steps * STEP)
            end = talk.now
            talk.silence(3)
            covering = [
                asked for asked in talk.wanted(Transcribe) if asked.until >= end - HANGOVER - STEP / 2
            ]
            assert len(covering) == 1, f"{steps} stretches of speech"
            assert talk.drafts == ["Tell me about Paris."]

    def test_one_under_way_at_the_end_that_covers_all_is_the_final_one(self):
        talk = Talk(stt=0.7).says("Tell me about Paris.", PARTIAL_AFTER + STEP)
        while not talk.wanted(Transcribe):
            talk.hears(STEP, speech=True)
        assert talk.silence(3).commit
        assert len(talk.wanted(Transcribe)) == 1
        assert talk.drafts == ["Tell me about Paris."]

    def test_none_is_asked_for_in_silence_but_the_final_one(self):
        talk = Talk().says("Tell me all about Paris and the")
        asked = len(talk.wanted(Transcribe))
        talk.silence(1.5)
        assert len(talk.wanted(Transcribe)) == asked + 1

    def test_a_partial_is_not_asked_for_in_a_pause_that_is_too_short_for_a_final_one(self):
        talk = Talk().says("Tell me", PARTIAL_AFTER - STEP)
        talk.silence(PAUSE - STEP)
        assert talk.wanted(Transcribe) == []

    @pytest.mark.parametrize("stt", [0.1, 0.9, 3.0])
    def test_they_never_queue(self, stt):
        talk = Talk(stt=stt)
        for _ in range(40):
            talk.says("word word").silence(0.2)
        assert len(talk.wanted(Transcribe)) > 5
        assert talk.most_awaited == 1

    def test_partials_grow_rarer_in_a_long_utterance(self):
        talk = Talk(Policy(longest=60.0)).says(" ".join(map(str, range(150))), 50)
        times = [at for at, action in talk.done if isinstance(action, Transcribe)]
        gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
        assert gaps[0] == pytest.approx(PARTIAL_EVERY, abs=STEP)
        assert gaps[-1] >= PARTIAL_SHARE * times[-2]

    @pytest.mark.parametrize("duration", [tenth / 10 for tenth in range(25, 40)])
    def test_nothing_is_read_ahead_in_a_pause(self, duration):
        talk = Talk(stt=0.3).says("Tell me about the long history of the capital of France", duration)
        end = talk.now
        talk.silence(1.0)
        assert all(at - end < HESITATION for at, action in talk.done if isinstance(action, Prefill))

    def test_what_two_partials_agree_on_is_read_ahead(self):
        talk = Talk().says("Tell me about the long history of the capital of France", 4)
        ahead = [prefill.text for prefill in talk.wanted(Prefill)]
        assert ahead
        assert all("Tell me about the long history of the capital".startswith(text[:40]) for text in ahead)
        assert talk.drafts == []

    def test_of_another_utterance_comes_to_nothing(self):
        talk = Talk().says("Tell me about Paris.").silence(0.2)
        talk.take(talk.floor.understand(Understood(99, talk.now, "Something else.", complete=True)))
        assert talk.drafts == []

    def test_that_comes_after_a_stop_comes_to_nothing(self):
        talk = Talk(stt=1.0).says("Tell me about Paris.").silence(0.3)
        talk.take(talk.floor.stop())
        talk.silence(3)
        assert (talk.drafts, talk.wanted(Commit)) == ([], [])

    def test_what_the_models_thought_of_the_first_half_does_not_count_for_the_whole(self):
        talk = Talk(finished=0.99, closing=0.99).says("Tell me about Paris.").silence(0.35)
        talk.finished = talk.closing = 0.01
        talk.says("Of the", 0.5)
        end = talk.now
        at, commit = talk.silence(3).commit
        assert commit.reason is Reason.HANGING
        assert at - end >= seconds(Reason.HANGING)

    def test_the_turn_model_is_asked_once_a_pause(self):
        talk = Talk().says("Tell me about").silence(0.5).says("Paris.").silence(3)
        assert len(talk.wanted(Judge)) == 2

    def test_the_turn_model_may_change_its_mind_about_a_command(self):
        talk = Talk(finished=0.05).says("Stop.", 0.5)
        end = talk.now
        talk.silence(0.15).finished = 0.6
        at, commit = talk.silence(1).commit
        assert commit.reason is Reason.COMMAND
        assert at - end == pytest.approx(seconds(Reason.COMMAND), abs=2 * STEP)
        assert len(talk.wanted(Judge)) == 2

    def test_while_it_is_against_an_end_a_command_waits(self):
        talk = Talk(finished=0.05).says("Stop.", 0.5)
        end = talk.now
        at, commit = talk.silence(1).commit
        assert commit.reason is Reason.COMMAND_DOUBTED
        assert at - end == pytest.approx(seconds(Reason.COMMAND_DOUBTED), abs=2 * STEP)

    def test_of_what_is_no_command_its_first_opinion_counts(self):
        talk = Talk(finished=0.05, closing=0.5).says("Tell me about Paris.")
        talk.silence(0.15).finished = 0.99
        _, commit = talk.silence(3).commit
        assert commit.reason is first_opinion(closing=0.5, finished=0.05)

    def test_it_is_not_asked_again_about_what_is_known_to_be_no_command(self):
        talk = Talk(stt=0.05, finished=0.05).says("Tell me about Paris.").silence(3)
        assert len(talk.wanted(Judge)) == 1


class TestSoundDuringAReply:
    def test_lowers_it_at_once(self):
        talk = Talk().replies()
        begin = talk.now
        talk.noise(0.3)
        assert talk.when(Loudspeaker.DUCK) - begin == pytest.approx(NOTICED)

    def test_that_lasts_silences_it(self):
        talk = Talk().replies()
        begin = talk.now
        talk.noise(0.3)
        assert talk.when(Loudspeaker.PAUSE) - begin <= max(HUSH_AFTER, NOTICED) + STEP

    def test_is_transcribed_no_sooner_than_a_word_may_pause(self):
        talk = Talk().replies().noise(0.3)
        end = talk.now
        asked = [
            at for at, action in talk.silence(0.5).done if isinstance(action, Transcribe) and action.whole
        ]
        assert asked[0] - end == pytest.approx(GAP, abs=STEP)
        assert asked[0] - end >= GAP

    def test_that_is_a_cough_lets_it_speak_on(self):
        talk = Talk().replies().noise(NOTICED)
        end = talk.now
        talk.silence(1)
        assert talk.knobs == [Loudspeaker.DUCK, Loudspeaker.RESUME]
        assert talk.when(Loudspeaker.RESUME) - end <= max(DISMISS_AFTER, PAUSE + talk.stt) + 2 * STEP
        assert talk.state is State.SPEAKING

    def test_without_words_lets_it_go_on(self):
        talk = Talk().replies().noise(0.6).silence(2)
        assert talk.knobs == [Loudspeaker.DUCK, Loudspeaker.PAUSE, Loudspeaker.RESUME]
        assert talk.state is State.SPEAKING

    def test_that_never_becomes_words_holds_it_up_for_a_few_seconds(self):
        talk = Talk().replies()
        begin = talk.now
        talk.noise(WORDLESS_SECONDS + 0.5)
        assert talk.when(Loudspeaker.RESUME) - begin < WORDLESS_SECONDS + 0.3

    def test_is_listened_to_before_it_pauses(self):
        talk = Talk().replies()
        begin = talk.now
        talk.says("No I want to know something else", 2.0)
        assert talk.knobs[-1] is Loudspeaker.STOP
        assert talk.when(Loudspeaker.STOP) - begin < max(LISTEN_AFTER, PARTIAL_EVERY) + talk.stt + 2 * STEP

    def test_of_a_listener_who_hums_does_not_end_it(self):
        talk = Talk().replies().says("Mm-hm.", 0.4).silence(2)
        assert talk.knobs[-1] is Loudspeaker.RESUME
        assert talk.wanted(Commit) == []

    def test_that_says_stop_ends_it_and_is_a_turn(self):
        talk = Talk().replies().says("Stop.", 0.3).silence(2)
        assert talk.knobs == [Loudspeaker.DUCK, Loudspeaker.PAUSE, Loudspeaker.STOP]
        _, commit = talk.commit
        assert (talk.drafts, commit.reason) == (["Stop."], Reason.COMMAND)

    def test_that_asks_something_else_is_answered(self):
        talk = Talk().replies().says("And what about Germany?").silence(3)
        assert talk.knobs[-1] is Loudspeaker.STOP
        assert talk.drafts == ["And what about Germany?"]
        assert talk.commit
        assert talk.state is State.THINKING

    def test_that_is_its_own_words_does_not_end_it(self):
        talk = Talk().replies().says("capital of France is Paris.").silence(2)
        assert talk.knobs[-1] is Loudspeaker.RESUME
        assert talk.drafts == []

    def test_that_is_a_command_in_words_it_has_just_said_is_its_echo(self):
        talk = Talk().replies("To end this, say stop.").says("Stop.", 0.3).silence(2)
        assert talk.knobs[-1] is Loudspeaker.RESUME
        assert talk.drafts == []

    def test_needs_longer_after_each_false_alarm(self):
        talk = Talk().replies().noise(0.6).silence(2)
        talk.done.clear()
        begin = talk.now
        talk.noise(1.0)
        assert talk.when(Loudspeaker.PAUSE) - begin == pytest.approx(2 * HUSH_AFTER, abs=1.5 * STEP)

    def test_no_longer_lowers_it_after_many_false_alarms(self):
        talk = Talk().replies()
        for _ in range(ALARMS_IGNORED):
            talk.noise(NOTICED).silence(1)
        talk.done.clear()
        talk.noise(NOTICED).silence(1)
        assert Loudspeaker.DUCK not in talk.knobs

    def test_that_outlasts_it_becomes_an_utterance(self):
        talk = Talk().replies().says("And", 0.1)
        talk.take(talk.floor.finished())
        talk.says("what about Germany?").silence(3)
        assert talk.commit
        assert talk.drafts[-1].endswith("what about Germany?")

    def test_that_is_faint_is_no_interruption(self):
        talk = Talk().replies().hears(1, speech=True, level=-50.0)
        assert talk.done == []


class TestEcho:
    def test_right_after_a_reply_is_no_question(self):
        talk = Talk().replies()
        talk.take(talk.floor.finished())
        talk.silence(0.1).says("France is Paris.").silence(3)
        assert talk.wanted(Commit) == []

    def test_words_of_an_old_reply_are_a_question(self):
        talk = Talk().replies()
        talk.take(talk.floor.finished())
        talk.silence(3).says("France is Paris.").silence(3)
        assert talk.commit

    def test_again_and_again_makes_it_deaf_while_it_speaks(self):
        talk = Talk().replies()
        for _ in range(ECHOES_BEFORE_BREAK):
            talk.says("capital of France is Paris.").silence(2)
        talk.done.clear()
        talk.says("And what about Germany?").silence(2)
        assert talk.done == []

    def test_makes_it_deaf_for_a_while_only(self):
        talk = Talk().replies()
        for _ in range(ECHOES_BEFORE_BREAK):
            talk.says("capital of France is Paris.").silence(2)
        talk.silence(BREAK_SECONDS).done.clear()
        talk.says("And what about Germany?").silence(2)
        assert talk.knobs[-1] is Loudspeaker.STOP

    def test_does_not_make_it_deaf_between_replies(self):
        talk = Talk().replies()
        for _ in range(ECHOES_BEFORE_BREAK):
            talk.says("capital of France is Paris.").silence(2)
        talk.take(talk.floor.finished())
        talk.done.clear()
        talk.silence(1).says("And what about Germany?").silence(3)
        assert talk.commit

    def test_now_and_then_does_not_make_it_deaf(self):
        talk = Talk().replies()
        for _ in range(2 * ECHOES_BEFORE_BREAK):
            talk.says("capital of France is Paris.").silence(35)
        talk.done.clear()
        talk.says("And what about Germany?").silence(2)
        assert talk.knobs[-1] is Loudspeaker.STOP


class TestSpeechWhileAReplyIsAwaited:
    def awaited(self):
        talk = Talk().says("Tell me about Paris.").silence(1.3)
        assert talk.commit
        assert talk.state is State.THINKING
        talk.done.clear()
        return talk

    def test_takes_the_question_back_and_is_part_of_it(self):
        talk = self.awaited().says("And about London.").silence(3)
        assert list(dict.fromkeys(talk.knobs)) == [Loudspeaker.PAUSE, Loudspeaker.REVOKE]
        assert talk.drafts == ["Tell me about Paris. And about London."]
        assert talk.commit

    def test_too_short_for_a_word_changes_nothing(self):
        talk = self.awaited().noise(REOPEN_AFTER - 3 * STEP).silence(1)
        assert list(dict.fromkeys(talk.knobs)) == [Loudspeaker.PAUSE, Loudspeaker.RESUME]
        assert talk.state is State.THINKING

    def test_cannot_take_back_what_had_an_effect(self):
        talk = self.awaited()
        talk.floor.acted = True
        talk.says("And about London.").silence(3)
        assert Loudspeaker.REVOKE not in talk.knobs
        assert talk.drafts == ["And about London."]

    def test_that_is_an_utterance_of_its_own_does_not_begin_inside_the_last_one(self):
        talk = Talk(stt=0.1).says("Stop.", 0.4).silence(0.4)
        _, commit = talk.commit
        talk.floor.acted = True
        talk.done.clear()
        talk.says("And about London.").silence(3)
        assert all(asked.begin >= commit.ended - STEP for asked in talk.wanted(Transcribe))
        assert talk.drafts == ["And about London."]

    @pytest.mark.parametrize("reason", [Reason.STABLE, Reason.LONGEST])
    def test_does_not_take_back_what_sound_without_end_was_cut_off_for(self, reason):
        talk = Talk(Policy(longest=10.0))
        talk.words.write("Tell me about Paris." if reason is Reason.STABLE else "on and " * 20, 0, 12)
        while not talk.wanted(Commit):
            talk.noise(STEP)
        assert talk.commit[1].reason is reason
        talk.done.clear()
        talk.noise(3)
        assert Loudspeaker.REVOKE not in talk.knobs


class TestWakeMode:
    POLICY = Policy(mode=Mode.WAKE)

    def test_ignores_what_is_said_without_the_word(self):
        talk = Talk(self.POLICY).says("Tell me about Paris.").silence(3)
        assert (talk.done, talk.state) == ([], State.ASLEEP)

    def test_takes_the_command_that_follows_in_one_breath_whole(self):
        talk = Talk(self.POLICY).silence(1).says("alexa", 0.4)
        ended = talk.now
        words = "Tell me about Paris."
        talk.words.write(words, talk.now, 1.2)
        talk.hears(0.2, speech=True).wakes(ended).hears(1.0, speech=True).silence(3)
        assert talk.drafts == [words]
        assert talk.commit

    def test_falls_asleep_when_nothing_follows(self):
        talk = Talk(self.POLICY).silence(1).wakes()
        assert talk.state is State.AWAKE
        talk.silence(AWAKE_SECONDS + STEP)
        assert (talk.done, talk.state) == ([], State.ASLEEP)

    def test_falls_asleep_when_only_a_sound_follows(self):
        talk = Talk(self.POLICY).silence(1).wakes().silence(0.5).noise(1).silence(AWAKE_SECONDS)
        assert (talk.drafts, talk.wanted(Commit), talk.state) == ([], [], State.ASLEEP)

    def test_falls_asleep_when_sound_without_words_never_ends(self):
        talk = Talk(self.POLICY).silence(1).wakes().noise(AWAKE_SECONDS + 2)
        assert (talk.drafts, talk.wanted(Commit), talk.state) == ([], [], State.ASLEEP)

    def test_hears_out_what_began_in_time(self):
        talk = Talk(self.POLICY).silence(1).wakes().silence(AWAKE_SECONDS - 0.5)
        talk.says("Tell me about Paris.").silence(3)
        assert talk.commit

    def test_needs_no_word_right_after_a_reply(self):
        talk = Talk(self.POLICY).wakes().says("Stop.", 0.4).silence(1)
        talk.take([*talk.floor.audible(), *talk.floor.finished()])
        talk.silence(self.POLICY.follow_up - 1)
        assert talk.state is State.AWAKE
        talk.done.clear()
        talk.says("Tell me about Paris.").silence(3)
        assert talk.commit

    def test_needs_the_word_again_after_that(self):
        talk = Talk(self.POLICY).wakes().says("Stop.", 0.4).silence(1)
        talk.take([*talk.floor.audible(), *talk.floor.finished()])
        talk.silence(self.POLICY.follow_up + 0.1)
        assert talk.state is State.ASLEEP
        talk.done.clear()
        talk.says("Tell me about Paris.").silence(3)
        assert talk.done == []

    def test_always_needs_the_word_where_nothing_may_follow(self):
        talk = Talk(Policy(mode=Mode.WAKE, follow_up=0)).wakes().says("Stop.", 0.4).silence(1)
        talk.take([*talk.floor.audible(), *talk.floor.finished()])
        assert talk.silence(STEP).state is State.ASLEEP

    def test_the_word_ends_a_reply_at_once(self):
        talk = Talk(self.POLICY).wakes().replies()
        talk.wakes()
        assert talk.knobs == [Loudspeaker.STOP]
        assert talk.state is State.AWAKE

    def test_an_interruption_needs_no_word(self):
        talk = Talk(self.POLICY).wakes().replies().says("And what about Germany?").silence(3)
        assert talk.drafts == ["And what about Germany?"]


class TestRightAfterAReply:
    def test_a_short_answer_in_its_own_words_is_an_answer(self):
        talk = Talk().replies("Tea or coffee?")
        talk.take(talk.floor.finished())
        talk.silence(TAIL_SECONDS + 0.1).says("Coffee.").silence(3)
        assert talk.drafts == ["Coffee."]
        assert talk.wanted(Commit)

    def test_the_end_of_the_reply_itself_is_not(self):
        talk = Talk().replies("Tea or coffee?")
        talk.take(talk.floor.finished())
        talk.says("Coffee.").silence(3)
        assert not talk.wanted(Commit)

    def test_that_was_ended_its_last_words_are_still_in_the_room(self):
        talk = Talk().replies("Tea or coffee?")
        talk.take(talk.floor.stop())
        talk.says("Coffee.").silence(3)
        assert not talk.wanted(Commit)


class TestAFailedTranscript:
    def test_of_a_part_is_tried_again(self):
        talk = Talk(stt=9.0).says("Tell me about the history of Rome and Paris")
        (asked,) = talk.wanted(Transcribe)
        talk.take(talk.floor.misunderstand(asked.utterance))
        talk.stt = 0.1
        assert talk.silence(3).drafts == ["Tell me about the history of Rome and Paris"]
        assert not talk.wanted(Apologise)

    def test_of_all_that_was_said_is_apologised_for(self):
        talk = Talk(stt=9.0).says("Tell me about Paris.").silence(1)
        (asked,) = talk.wanted(Transcribe)
        talk.take(talk.floor.misunderstand(asked.utterance))
        assert talk.wanted(Apologise)
        assert talk.state is State.AWAKE


class TestKeyMode:
    POLICY = Policy(mode=Mode.KEY)

    def test_hears_nothing_before_the_key(self):
        assert Talk(self.POLICY).says("Tell me about Paris.").silence(3).done == []

    def test_takes_what_was_said_until_the_key_was_let_go(self):
        talk = Talk(self.POLICY).wakes().says("Tell me about the")
        talk.take(talk.floor.release())
        released = talk.now
        talk.silence(2)
        at, commit = talk.commit
        assert commit.reason is Reason.RELEASED
        assert at - released <= PAUSE + talk.stt + 3 * STEP
        assert talk.drafts == ["Tell me about the"]

    def test_takes_it_even_if_someone_speaks_on(self):
        talk = Talk(self.POLICY).wakes().says("Tell me about Paris.")
        talk.take(talk.floor.release())
        talk.noise(1)
        assert talk.commit[1].reason is Reason.RELEASED

    def test_a_held_key_holds_the_utterance_open_whatever_the_pauses(self):
        talk = Talk(self.POLICY)
        talk.take(talk.floor.press(talk.now))
        talk.silence(AWAKE_SECONDS + 2).says("Tell me about Paris.").silence(4)
        assert not talk.wanted(Commit)
        talk.take(talk.floor.release())
        assert talk.silence(1).commit[1].reason is Reason.RELEASED
        assert talk.drafts == ["Tell me about Paris."]

    def test_hears_nothing_of_what_was_said_before_the_key(self):
        talk = Talk(self.POLICY).says("Be quiet.").wakes().says("Tell me about Paris.").silence(3)
        assert talk.drafts == ["Tell me about Paris."]

    def test_a_key_let_go_without_a_word_changes_nothing(self):
        talk = Talk(self.POLICY).wakes().silence(1)
        talk.take(talk.floor.release())
        assert (talk.silence(1).done, talk.state) == ([], State.ASLEEP)

    def test_only_the_key_interrupts_a_reply(self):
        talk = Talk(self.POLICY).wakes().replies().says("And what about Germany?").silence(2)
        assert talk.done == []
        talk.wakes()
        assert talk.knobs == [Loudspeaker.STOP]

    def test_needs_the_key_after_a_reply_too(self):
        talk = Talk(self.POLICY).wakes().replies()
        talk.take(talk.floor.finished())
        talk.silence(1).says("Tell me about Paris.").silence(3)
        assert talk.done == []


class TestTheOnlooker:
    def test_sees_what_goes_on(self):
        talk = Talk()
        seen = [talk.silence(0.5).state, talk.says("Tell me about Paris.").state, talk.silence(1.3).state]
        talk.take(talk.floor.audible())
        seen.append(talk.state)
        talk.take(talk.floor.finished())
        assert [*seen, talk.state] == [
            State.AWAKE,
            State.HEARING,
            State.THINKING,
            State.SPEAKING,
            State.AWAKE,
        ]

    def test_sees_a_reply_that_nobody_asked_for(self):
        talk = Talk().says("Tell me")
        talk.take(talk.floor.stop())
        talk.take(talk.floor.speak())
        assert talk.state is State.THINKING
        assert talk.wanted(Drop)
