import pytest

from voiceslm.bench import memory, statistics, turn
from voiceslm.bench.questions import LONG, SHORT
from voiceslm.config import Settings
from voiceslm.errors import Problem
from voiceslm.events import Stage

QUESTIONS = (*SHORT, *LONG)


@pytest.mark.parametrize(
    ("reply", "count"),
    [("Paris", 1), ("Paris.", 1), ("It is. Really!", 2), ("A. B? C… D.", 3), ("Pi is 3.14.", 1)],
)
def test_sentences_are_counted(reply, count):
    assert turn.sentences_in(reply) == count


def test_a_spread_is_median_and_tail():
    assert statistics.spread([*range(1, 101)]) == statistics.Spread(50.5, 95.0)


def test_the_interval_of_a_median_covers_it_and_narrows_with_more_values():
    few = statistics.median_interval([1.0, 2.0, 3.0, 4.0, 5.0])
    many = statistics.median_interval([1.0, 2.0, 3.0, 4.0, 5.0] * 40)
    assert few[0] <= 3.0 <= few[1]
    assert many[1] - many[0] < few[1] - few[0]


def test_a_folder_without_recordings_is_refused():
    with pytest.raises(Problem, match="no clips"):
        turn._evenly([], None)


@pytest.mark.models
@pytest.mark.usefixtures("tiny_llm", "tiny_whisper", "joe")
async def test_both_ways_answer_the_same_questions_in_one_run():
    report = await turn.run(Settings(profile="tiny"), limit=2)
    assert [pair.clip for pair in report.pairs] == [QUESTIONS[0], QUESTIONS[len(QUESTIONS) // 2]]
    for pair in report.pairs:
        first = pair.timings_ms[Stage.FIRST_AUDIO]
        assert first is not None
        assert 0 < pair.serial_stt_ms < pair.serial_reply_ms < pair.serial_first_audio_ms
        assert pair.ratio == pytest.approx(first / pair.serial_first_audio_ms)
    assert sum(row.clips for row in report.rows) == 2
    assert 0 < report.format_tokens <= 40
    assert report.longest_stall_ms > 0


@pytest.mark.models
@pytest.mark.usefixtures("tiny_llm", "joe")
async def test_memory_is_noted_after_every_turn():
    report = await memory.run(Settings(profile="tiny"), turns=3)
    assert len(report.resident_mb) == report.turns == 3
    assert all(value > 50 for value in report.resident_mb)
