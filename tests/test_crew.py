"""Engines that are missing, fail, hang, and come back."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import pytest

from tests.fakes import FakeLlm, FakeStt, FakeVoice, Gate
from voiceslm import crew as module
from voiceslm.config import Llm, Settings
from voiceslm.crew import FAILURES, FIRST_RETRY, RETRY_FACTOR, Crew, Engine
from voiceslm.engines import known_tokens
from voiceslm.errors import Problem
from voiceslm.worker import WorkerError

ALL = {Engine.STT, Engine.VOICE, Engine.LLM, Engine.TURN}
TINY = Settings(profile="tiny")


class Closing(FakeLlm):
    closed = 0

    def close(self):
        self.closed += 1


class Bench:
    """Makes fake engines, and lacks those that it is told to lack."""

    def __init__(self, monkeypatch):
        self.lacks: set[str] = set()
        self.broken: set[str] = set()
        self.slow = 0.0
        """Seconds that a broken one takes to fail."""
        self.tried: list[str] = []
        self.made: list[str] = []
        self.now = 1000.0
        self.llms: list[Closing] = []
        monkeypatch.setattr(module, "resolve", self.resolve)
        monkeypatch.setattr(module, "load_stt", lambda *_: self.make("stt", FakeStt()))
        monkeypatch.setattr(module, "load_voice", lambda *_: self.make("voice", FakeVoice()))
        monkeypatch.setattr(module, "load_turn_model", lambda *_: self.make("turn", object()))
        monkeypatch.setattr(module, "load_llm", self.load_llm)
        clocks = {"monotonic": lambda: self.now, "perf_counter": time.perf_counter}
        monkeypatch.setattr(module, "time", SimpleNamespace(**clocks))

    def resolve(self, name, kind):
        if kind in self.lacks:
            raise Problem(f"{name} is not here", "Pull it")
        return name

    def load_llm(self, _settings, _path, *, home):
        self.llms.append(Closing())
        return self.make("llm", self.llms[-1])

    def make(self, kind, engine):
        self.tried.append(kind)
        if kind in self.broken:
            self.now += self.slow
            raise Problem(f"{kind} cannot be loaded")
        self.made.append(kind)
        return engine


@pytest.fixture
def bench(monkeypatch):
    return Bench(monkeypatch)


@pytest.fixture
def crew(bench):
    crew = Crew(TINY, home=False)
    yield crew
    crew.close()


async def fail(worker, times=1):
    def raises(_cancel):
        raise ValueError("what the user said")

    for _ in range(times):
        with pytest.raises(ValueError):
            await worker.run(raises, deadline=5)


async def test_what_is_asked_for_is_loaded_once(bench, crew):
    await crew.load([Engine.VOICE])
    await crew.load([Engine.VOICE, Engine.STT])
    assert bench.made == ["voice", "stt"]
    assert crew.models == {"stt": "whisper-tiny.en", "voice": "en_US-joe-medium"}
    assert crew.load_ms.keys() == {"voice", "stt"}


async def test_where_one_of_several_is_not_here_none_is_loaded(bench, crew):
    bench.lacks = {"llm"}
    with pytest.raises(Problem, match="is not here"):
        await crew.load([Engine.STT, Engine.LLM])
    assert bench.made == []


async def test_a_daemon_goes_on_without_what_is_missing_and_says_why(bench, crew):
    bench.lacks, bench.broken = {"llm"}, {"turn"}
    await crew.muster()
    assert crew.thinking is None
    assert crew.hearing
    assert crew.troubles == {
        Engine.STT: "",
        Engine.VOICE: "",
        Engine.LLM: "smollm2-135m-instruct is not here",
        Engine.TURN: "turn cannot be loaded",
    }


async def test_a_file_that_may_not_be_read_is_named(bench, crew, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied", "/models/whisper")

    monkeypatch.setattr(module, "load_stt", refuse)
    await crew.muster()
    assert crew.troubles[Engine.STT] == "/models/whisper cannot be read: Permission denied"


async def test_without_anything_that_hears_thinks_or_speaks_it_does_not_begin(bench, crew):
    bench.lacks = {"stt", "llm", "voice"}
    with pytest.raises(Problem, match=r"whisper-tiny.en is not here"):
        await crew.muster()


async def test_what_was_missing_is_loaded_once_it_is_there_but_not_looked_for_all_the_time(bench, crew):
    bench.lacks = {"llm"}
    await crew.muster()
    bench.lacks = set()
    assert await crew.mend() == set()
    bench.now += FIRST_RETRY
    assert await crew.mend() == {Engine.LLM}
    assert crew.thinking
    assert not any(crew.troubles.values())
    assert await crew.mend() == set()


async def test_what_has_long_been_missing_is_still_used_soon_once_it_is_there(bench, crew):
    bench.lacks = {"llm"}
    await crew.muster()
    for _ in range(20):
        bench.now += FIRST_RETRY
        assert await crew.mend() == set()
    bench.lacks = set()
    bench.now += FIRST_RETRY
    assert await crew.mend() == {Engine.LLM}


async def test_what_takes_long_to_fail_is_tried_seldom(bench, crew):
    bench.broken, bench.slow = {"llm"}, 4.0
    await crew.muster()
    tried = bench.tried.count("llm")
    for _ in range(round(RETRY_FACTOR * bench.slow / FIRST_RETRY) - 1):
        bench.now += FIRST_RETRY
        await crew.mend()
    assert bench.tried.count("llm") == tried
    bench.now += FIRST_RETRY
    await crew.mend()
    assert bench.tried.count("llm") == tried + 1


async def test_what_failed_to_load_often_is_tried_no_more_often_than_at_first(bench, crew):
    bench.broken = {"llm"}
    await crew.muster()
    for _ in range(FAILURES + 1):
        bench.now += FIRST_RETRY
        await crew.mend()
    tried = bench.tried.count("llm")
    await crew.mend()
    assert bench.tried.count("llm") == tried


async def test_trying_again_leaves_no_thread_behind(bench, crew):
    bench.lacks = {"llm"}
    await crew.muster()
    threads = threading.active_count()
    for _ in range(3):
        bench.now += FIRST_RETRY
        await crew.mend()
    assert threading.active_count() == threads


async def test_an_engine_that_fails_once_is_not_well_until_it_succeeds(bench, crew):
    await crew.muster()
    await fail(crew.thinking.worker)
    assert crew.troubles[Engine.LLM] == "it fails (ValueError)"
    assert await crew.mend() == set()
    await crew.thinking.worker.run(lambda _cancel: 1, deadline=5)
    assert crew.troubles[Engine.LLM] == ""


async def test_an_engine_that_fails_again_and_again_is_freed_and_loaded_anew(bench, crew):
    await crew.muster()
    first = crew.thinking
    await fail(first.worker, FAILURES)
    assert await crew.mend() == {Engine.LLM}
    assert crew.thinking is not first
    assert [llm.closed for llm in bench.llms] == [1, 0]
    assert crew.troubles[Engine.LLM] == ""


async def test_an_engine_that_cannot_be_loaded_anew_is_missing(bench, crew):
    await crew.muster()
    bench.broken = {"stt"}
    await fail(crew.hearing.worker, FAILURES)
    assert await crew.mend() == set()
    assert crew.hearing is None
    assert crew.troubles[Engine.STT] == "stt cannot be loaded"


async def test_a_job_that_goes_on_long_after_it_was_given_up_hangs(bench, crew, monkeypatch):
    await crew.muster()
    gate = Gate()
    job = crew.hearing.worker.run(lambda _cancel: gate.pass_through(), deadline=0.01)
    with pytest.raises(WorkerError):
        await job
    assert crew.hung is None
    monkeypatch.setattr(module, "HUNG_SECONDS", -1.0)
    assert crew.hung is Engine.STT
    assert crew.troubles[Engine.STT] == "it does not answer"
    gate.released.set()
    await crew.hearing.worker.run(lambda _cancel: 1, deadline=5)


async def test_it_fits_settings_that_ask_for_the_same_engines(bench, crew):
    louder = TINY.model_copy(
        update={"language": "en", "home": TINY.home.model_copy(update={"area": "attic"})}
    )
    assert crew.fits(louder, home=False)
    assert not crew.fits(louder, home=True)
    assert not crew.fits(TINY.model_copy(update={"llm": Llm(threads=1)}), home=False)
    assert not crew.fits(Settings(), home=False)


async def test_settings_that_name_a_model_that_is_not_here_are_impossible(bench, crew):
    bench.lacks = {"llm"}
    crew.check(TINY)  # it names nothing new
    with pytest.raises(Problem, match=r"mine.gguf is not here"):
        crew.check(TINY.model_copy(update={"llm": Llm(model="mine.gguf")}))
    with pytest.raises(Problem, match="there is no profile"):
        crew.check(TINY.model_copy(update={"profile": "gigantic"}))


async def test_all_is_freed_once_at_the_end_and_what_was_loaded_is_still_known(bench, crew):
    await crew.muster()
    crew.close()
    crew.close()
    assert bench.llms[0].closed == 1
    assert crew.models.keys() == {"stt", "voice", "llm", "turn"}


def test_room_for_what_is_known_is_made_where_it_stands_in_the_prompt():
    knows = {"paths": ["/srv/notes"], "prompt_tokens": 700}
    opened = Settings.model_validate({"knowledge": knows})
    strict = Settings.model_validate({"knowledge": knows | {"scope": "strict"}})
    assert [known_tokens(one) for one in (opened, strict, Settings())] == [700, 0, 0]
    assert Crew(strict, home=False).fits(Settings(), home=False)
    assert not Crew(opened, home=False).fits(Settings(), home=False)
