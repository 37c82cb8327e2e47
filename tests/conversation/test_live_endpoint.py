"""When a live conversation takes the user to have finished, and what it makes of the time until then."""

from __future__ import annotations

import pytest

from tests.conversation.live_room import QUESTION, SHORT, at_home, seconds_of, virtual
from voiceslm.audio import FRAME_SECONDS
from voiceslm.conversation.floor import PREROLL, WORDLESS_SECONDS
from voiceslm.conversation.moves import Policy, State
from voiceslm.events import Ended, Route, Stage
from voiceslm.listening.endpoint import SILENCE, Preset, Reason

HALF = "Tell me about the"
REST = "Eiffel tower."


@virtual
async def test_a_complete_command_is_answered_soon_after_speech_ends():
    async with at_home() as home:
        end = home.says("What time is it?", at=1.0)
        record = await home.record()
        audible = home.room.recording.audible_from(end)
    assert (record.reply, record.endpoint) == ("It's 5:42 PM.", Reason.COMMAND)
    assert audible - end < max(SILENCE[Reason.COMMAND][Preset.NORMAL], 0.12 + 0.25 + 0.1) + 0.15


@virtual
async def test_a_question_is_answered_by_the_model():
    async with at_home() as home:
        home.says(QUESTION, at=1.0)
        record = await home.record()
    assert (record.transcript, record.reply) == (QUESTION, SHORT)
    assert home.asked == [QUESTION]
    assert home.spoken_seconds() == pytest.approx(seconds_of("It is Paris, the capital of France."), abs=0.1)


@virtual
async def test_a_text_that_hangs_is_waited_for():
    async with at_home() as home:
        end = home.says("Turn on the", at=1.0)
        record = await home.record()
        audible = home.room.recording.audible_from(end)
    assert record.endpoint == Reason.HANGING
    assert audible - end > SILENCE[Reason.HANGING][Preset.NORMAL]


@virtual
async def test_words_on_both_sides_of_a_pause_are_one_request():
    async with at_home() as home:
        end = home.says(HALF, at=1.0)
        home.says(REST, at=end + 0.7)
        record = await home.record()
        await home.until(10)
        assert len(home.turns) == 1
    assert record.transcript == f"{HALF} {REST}"


@virtual
async def test_a_draft_of_the_first_half_is_dropped_never_heard_and_never_remembered():
    async with at_home() as home:
        home.listener.believes = 0.1
        end = home.says("Tell me about Paris.", at=1.0)
        home.says("And London.", at=end + 0.7)
        await home.happens(lambda: home.llm.asked)
        assert home.asked == ["Tell me about Paris."]
        record = await home.record()
        assert home.room.recording.audible_from(0) > end + 0.7
        assert {turn for _, turn, _ in home.playback.given} == {record.turn}
        assert home.remembered == ["Tell me about Paris. And London.", SHORT]


@virtual
async def test_a_draft_that_the_endpoint_confirms_is_heard_at_once_where_its_sound_is_ready():
    async with at_home() as home:
        home.stt_worker.seconds = home.llm_worker.first = home.voice_worker.seconds = 0.05
        home.says(QUESTION, at=1.0)
        record = await home.record()
    times = record.timings_ms
    assert times[Stage.FIRST_AUDIO] < times[Stage.ENDPOINT] - 50
    assert times[Stage.AUDIBLE] - times[Stage.ENDPOINT] <= 2 * FRAME_SECONDS * 1000
    assert len(home.llm.asked) == 1


@virtual
async def test_nothing_is_heard_before_the_endpoint_however_early_the_draft_is_ready():
    async with at_home() as home:
        home.stt_worker.seconds = home.llm_worker.first = home.voice_worker.seconds = 0.01
        end = home.says("Turn on the", at=1.0)
        record = await home.record()
        assert home.room.recording.audible_from(0) > end + SILENCE[Reason.HANGING][Preset.NORMAL]
    assert record.timings_ms[Stage.FIRST_AUDIO] < 400


@virtual
async def test_all_that_was_said_reaches_the_transcript_from_before_the_first_sound_on():
    async with at_home() as home:
        home.says(QUESTION, at=2.0)
        await home.record()
    begin, _ = home.ear.asked[-1]
    assert 2.0 - PREROLL - 0.1 < begin < 2.0 - PREROLL + 0.1


@virtual
async def test_a_slow_transcriber_has_one_job_at_a_time():
    async with at_home() as home:
        home.stt_worker.seconds = 1.5
        home.says(" ".join(["and"] * 40), at=1.0)
        await home.record()
    assert home.stt_worker.most_waiting == 1


@virtual
async def test_someone_who_does_not_stop_is_answered_when_it_has_been_long_enough():
    async with at_home(policy=Policy(longest=10.0)) as home:
        home.says("Well " * 33, at=1.0)
        record = await home.record()
    assert record.endpoint == Reason.LONGEST
    assert record.timings_ms[Stage.DONE] > 0


@virtual
async def test_a_television_that_goes_on_does_not_keep_the_answer_back():
    async with at_home() as home:
        end = home.says(QUESTION, at=1.0)
        home.sounds(20, at=end, db=-30)
        record = await home.record()
        audible = home.room.recording.audible_from(0)
        await home.until(30)
    assert record.endpoint == Reason.STABLE
    assert audible - end < 3 + WORDLESS_SECONDS


@virtual
async def test_the_record_says_why_the_utterance_ended_who_answered_and_when():
    async with at_home() as home:
        home.llm.closing = 0.99
        end = home.says(QUESTION, at=1.0)
        record = await home.record()
    assert (record.endpoint, record.ended) == (Reason.FINISHED, Ended.FINISHED)
    assert (record.route, record.route_detail) == (Route.CHAT, "fake")
    thought = [Stage.STT, Stage.FIRST_TOKEN, Stage.FIRST_CLAUSE, Stage.FIRST_AUDIO, Stage.AUDIBLE, Stage.DONE]
    times = [record.timings_ms[stage] for stage in thought]
    assert times == sorted(times)
    assert times[0] > 0
    heard = home.room.recording.audible_from(end) - end
    assert record.timings_ms[Stage.AUDIBLE] / 1000 == pytest.approx(heard, abs=0.05)
    assert record.timings_ms[Stage.STT] < record.timings_ms[Stage.ENDPOINT] < record.timings_ms[Stage.AUDIBLE]


@virtual
async def test_a_sound_without_words_is_answered_by_silence_and_is_no_turn():
    async with at_home() as home:
        home.sounds(1, at=1.0)
        await home.until(6)
        assert (home.turns, home.llm.asked, home.spoken_seconds()) == ([], [], 0)
        assert home.live.state is State.AWAKE


@virtual
async def test_what_is_being_said_and_what_was_said_is_told():
    async with at_home() as home:
        home.says("Tell me all about the capital of France.", at=1.0)
        await home.record()
    texts = [(text, final) for _, text, final in home.diary.transcripts]
    assert len(texts) > 2
    assert texts[-1] == ("Tell me all about the capital of France.", True)
    assert not any(final for _, final in texts[:-1])


@virtual
async def test_the_states_come_in_their_order():
    async with at_home() as home:
        home.says(QUESTION, at=1.0)
        await home.record()
        await home.until(8)
    assert [state for _, state in home.diary.states] == [
        State.AWAKE,
        State.HEARING,
        State.THINKING,
        State.SPEAKING,
        State.AWAKE,
    ]
