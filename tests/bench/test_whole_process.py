"""A part in its own process: what it tells, how it fails, and that it ends with whoever asked for it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import pytest

from voiceslm.bench.whole.child import main
from voiceslm.bench.whole.job import Part
from voiceslm.bench.whole.measures import QUICK_MEMORY_TURNS
from voiceslm.bench.whole.parts import NAMES
from voiceslm.bench.whole.process import Request, in_own_process
from voiceslm.bench.whole.run import Viewer, run
from voiceslm.bench.whole.windows import believed
from voiceslm.config import Settings
from voiceslm.errors import Problem
from voiceslm.stt.windows import Attempt, Decoding, Verdict

START = 60.0
"""Seconds for a process to import the engines, on a busy machine."""


def attempt(text: str, verdict: Verdict, probability: float = -0.3) -> tuple[Attempt, float]:
    return Attempt(Decoding(text, (1, 2), 10.0, probability, 0.0), verdict), 1.0


@pytest.mark.parametrize(
    ("attempts", "result"),
    [
        ([attempt("a", Verdict.GOOD), attempt("b", Verdict.GOOD)], ("a", 1.0, False)),
        ([attempt("a", Verdict.GUESS), attempt("b", Verdict.GOOD)], ("b", 2.0, True)),
        ([attempt("a", Verdict.RUNAWAY), attempt("b", Verdict.SILENCE)], ("", 2.0, True)),
        ([attempt("a", Verdict.GUESS), attempt("b", Verdict.RUNAWAY)], ("a", 2.0, True)),
        ([attempt("a", Verdict.GUESS)], ("a", 1.0, False)),
    ],
)
def test_the_guard_goes_on_to_longer_windows_until_it_is_content(attempts, result):
    assert believed(attempts) == result


async def test_what_a_part_lacks_is_its_problem(monkeypatch, tmp_path):
    monkeypatch.setenv("VOICESLM_DATA", str(tmp_path))

    with pytest.raises(Problem, match="No speech data") as problem:
        await in_own_process(NAMES["wake"], Request("tiny"), lambda *_: None)
    assert "VOICESLM_DATA" in str(problem.value)


async def test_a_process_that_breaks_is_a_problem_with_its_last_words(monkeypatch, tmp_path):
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho first >&2\necho 'KeyError: 7' >&2\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(broken))

    with pytest.raises(Problem, match="KeyError: 7"):
        await in_own_process(NAMES["idle"], Request("tiny"), lambda *_: None)


async def test_a_process_is_told_to_end_when_it_is_no_longer_wanted(monkeypatch, tmp_path):
    patient = tmp_path / "python"
    steps = '{"what": "%s", "at": 0, "of": 1}\\n'
    patient.write_text(
        f"#!/bin/sh\nread line\nprintf '{steps}' $$\ncat >/dev/null\necho ended >{tmp_path}/ended\n"
    )
    patient.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(patient))
    began = asyncio.Event()
    measuring = asyncio.create_task(in_own_process(NAMES["idle"], Request("tiny"), lambda *_: began.set()))
    await asyncio.wait_for(began.wait(), START)

    measuring.cancel()
    with pytest.raises(asyncio.CancelledError):
        await measuring

    assert (tmp_path / "ended").read_text() == "ended\n"


async def test_a_process_that_does_not_end_is_killed_with_all_it_started(monkeypatch, tmp_path):
    deaf = tmp_path / "python"
    deaf.write_text(
        "#!/bin/sh\nread line\nsleep 600 &\n"
        'printf \'{"what": "%s", "at": 0, "of": 1}\\n\' $!\n'
        "trap '' INT TERM\nwait; sleep 600\n"
    )
    deaf.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(deaf))
    monkeypatch.setattr("voiceslm.bench.whole.process.GOODBYE_SECONDS", 0.2)
    began: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    measuring = asyncio.create_task(
        in_own_process(NAMES["idle"], Request("tiny"), lambda what, *_: began.set_result(what))
    )
    child = int(await asyncio.wait_for(began, START))

    measuring.cancel()
    with pytest.raises(asyncio.CancelledError):
        await measuring

    assert not alive(child)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_process_ends_when_its_parent_does(monkeypatch, tmp_path):
    async def endless(job):
        for _ in job.progress([1, 2], "waiting"):
            os.close(parent)  # the parent goes
            await asyncio.Event().wait()
        return {}

    ours, parent = os.pipe()
    os.write(parent, b'{"profile": "tiny", "config": null, "quick": true}\n')
    stdin, stdout = os.dup(0), os.dup(1)
    monkeypatch.setitem(NAMES, "endless", Part("endless", "endless", 1, 1, endless))
    os.dup2(ours, 0)
    try:
        with os.fdopen(os.dup(0)) as stream:
            monkeypatch.setattr(sys, "stdin", stream)
            assert main("endless") == 128 + signal.SIGINT
    finally:
        os.dup2(stdin, 0)
        os.dup2(stdout, 1)
        for descriptor in (ours, stdin, stdout):
            os.close(descriptor)


@pytest.mark.models
@pytest.mark.usefixtures("tiny_llm", "tiny_whisper", "joe")
async def test_two_brief_parts_are_measured_for_real(tmp_path):
    parts, seen = (NAMES["advice"], NAMES["memory"]), []

    report = await run(
        Settings(profile="tiny"),
        folder=tmp_path,
        quick=True,
        parts=parts,
        viewer=Viewer(show=lambda now: seen.append((now.part.name, now.of))),
    )

    assert [*report["parts"]] == ["advice", "memory"]
    assert ("memory", QUICK_MEMORY_TURNS) in seen
    memory = report["parts"]["memory"]
    assert len(memory["document"]["resident_mb"]) == QUICK_MEMORY_TURNS
    assert all(row["value"] > 50 for row in memory["document"]["rows"][:3])
    assert report["parts"]["advice"]["document"]["notes"]
    assert memory["load"]["others_percent"] is not None
    json.dumps(report, allow_nan=False)
