"""The live benchmark itself: what it watches, what it refuses, and one short run in real time."""

from __future__ import annotations

import json
from itertools import count

import pytest

from tests.conftest import model
from voiceslm.bench.live.run import SCENARIOS, run
from voiceslm.bench.live.scenario import Bench, dice
from voiceslm.bench.live.trace import Trace
from voiceslm.config import Settings
from voiceslm.conversation.turn import TurnLog
from voiceslm.engines import models_of
from voiceslm.errors import Problem


class Conversation:
    async def transcribe(self, audio):
        return f"{audio}!"

    async def prefill(self, words):
        raise RuntimeError(words)

    async def answer(self, log, play):
        return None

    def begin(self, started=None):
        return TurnLog(7, lambda: 0.0, started=1.0)


class Playback:
    def __init__(self):
        self.stopped = 0

    def duck(self):
        pass

    pause = resume = duck

    def stop(self):
        self.stopped += 1


async def test_a_trace_notes_work_turns_and_knobs_and_leaves_no_trace():
    conversation, playback = Conversation(), Playback()
    ticks = count()
    trace = Trace(lambda: float(next(ticks)))

    with trace.following(conversation, playback):  # type: ignore[arg-type]
        assert await conversation.transcribe("sound") == "sound!"
        with pytest.raises(RuntimeError):
            await conversation.prefill("")
        assert conversation.begin().number == 7
        playback.stop()

    works = [(work.name, work.begin, work.end, work.words) for work in trace.works]
    assert works == [("transcribe", 0.0, 1.0, True), ("prefill", 2.0, 3.0, False)]
    assert [log.number for log in trace.logs] == [7]
    assert trace.turned == [(4.0, "stop")]
    assert (trace.open, playback.stopped) == (0, 1)
    assert not vars(conversation)
    await conversation.transcribe("more")
    assert len(trace.works) == 2


@pytest.mark.parametrize(
    ("quick", "limit", "found"),
    [(False, None, 10), (True, None, 4), (False, 3, 3), (True, 3, 3), (False, 30, 10)],
)
def test_trials_are_taken_evenly(quick, limit, found):
    bench = Bench(None, Settings(), quick=quick, limit=limit)  # type: ignore[arg-type]

    chosen = bench.some(range(10), quick=4)

    assert len(chosen) == found
    assert chosen[0] == 0
    assert chosen == sorted(set(chosen))


def test_two_runs_draw_the_same():
    assert dice("stop").random() == dice("stop").random() != dice("noise").random()


async def test_an_unknown_scenario_is_refused_before_anything_is_loaded():
    with pytest.raises(Problem, match="flying") as problem:
        await run(Settings(), only=["flying"])
    assert all(name in problem.value.remedy for name in SCENARIOS)


@pytest.mark.models
@pytest.mark.usefixtures("tiny_llm", "tiny_whisper", "joe")
async def test_one_question_is_answered_in_real_time():
    settings = Settings(profile="tiny")
    model(models_of(settings).turn, "turn")
    seen = []

    report = await run(
        settings, only=["questions"], limit=1, done=lambda so_far: seen.append(len(so_far.outcomes))
    )

    (trial,) = report.outcomes["questions"].trials
    assert seen == [1]
    assert trial.ours.said == "What is the capital of Australia?"
    assert "capital" in trial.ours.transcript.lower()
    assert trial.ours.heard_s == pytest.approx(trial.ours.recorded_s, abs=0.03)
    assert 0.3 < trial.ours.heard_s < 12
    assert trial.serial_s > 0.7
    assert report.picture is not None
    document = json.loads(json.dumps(report.document(), allow_nan=False))
    assert document["settings"]["listening"]["wake"] == "none"
    assert document["trials"]["questions"][0]["ours"]["turns"] == 1
