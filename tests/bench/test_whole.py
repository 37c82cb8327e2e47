"""All benches in one run: what is measured again, what is told meanwhile, and what comes of it."""

from __future__ import annotations

import asyncio
import importlib
import json
from dataclasses import replace
from typing import Any

import pytest
from rich.table import Table

from tests.bench.reports import LOAD, report
from voiceslm.bench.live.rows import Row, Sheet, Target
from voiceslm.bench.pictures import PICTURES
from voiceslm.bench.whole import run as whole
from voiceslm.bench.whole.about import About, look, processor, source
from voiceslm.bench.whole.job import Part, plain, row_of, table_of
from voiceslm.bench.whole.kept import Kept, fingerprint, write
from voiceslm.bench.whole.load import DISTURBED, Ticks, taken, ticks
from voiceslm.bench.whole.page import disturbed, page
from voiceslm.bench.whole.parts import PARTS
from voiceslm.bench.whole.remaining import pace, remaining, spoken
from voiceslm.bench.whole.run import Now, Viewer, run
from voiceslm.config import Settings
from voiceslm.errors import Problem

command = importlib.import_module("voiceslm.cli.bench.whole")

ABOUT = About("1.0", "abc", "f" * 64, {"cores": 2}, {"numpy": "2"}, {"llm": {"id": "a-model"}}, {})


async def nothing(_job):
    raise AssertionError("it is measured elsewhere")


FIRST, SECOND = Part("first", "the first", 10, 100, nothing), Part("second", "the second", 30, 300, nothing)


@pytest.fixture(autouse=True)
def no_models(monkeypatch):
    """The machine is looked at in tests of their own."""
    monkeypatch.setattr(whole, "look", lambda _settings: ABOUT)


class Measurer:
    """Measures nothing, and knows what it was asked for."""

    def __init__(self, **problems: str) -> None:
        self.asked: list[str] = []
        self.problems = problems

    async def __call__(self, part, request, told):
        self.asked.append(part.name)
        told("trials", 1, 2)
        if part.name in self.problems:
            raise Problem(self.problems[part.name])
        return {"rows": [], "quick": request.quick}


async def taking(measurer, folder, **options):
    return await run(Settings(), folder=folder, parts=(FIRST, SECOND), take=measurer, **options)


async def test_every_part_is_measured_and_kept(tmp_path):
    measurer = Measurer()

    found = await taking(measurer, tmp_path)

    assert measurer.asked == ["first", "second"] == [*found["parts"]]
    kept = json.loads((tmp_path / "parts" / "second.json").read_text())
    assert kept["document"] == {"rows": [], "quick": False}
    assert kept["load"].keys() == LOAD.keys()
    assert kept["started"] <= kept["ended"]
    assert found["missing"] == []


async def test_a_second_run_measures_nothing_and_says_so(tmp_path):
    first = await taking(Measurer(), tmp_path)
    measurer = Measurer()
    lines: list[str] = []

    second = await taking(measurer, tmp_path, viewer=Viewer(say=lines.append))

    assert measurer.asked == []
    assert second == first
    assert [line.split(": ")[1][:11] for line in lines] == ["done before", "done before"]


async def test_what_was_interrupted_goes_on_where_it_was(tmp_path):
    measurer = Measurer()
    reports: list[dict[str, Any]] = []

    async def interrupted(part, request, told):
        if part is SECOND:
            raise asyncio.CancelledError
        return await measurer(part, request, told)

    with pytest.raises(asyncio.CancelledError):
        await taking(interrupted, tmp_path, done=reports.append)
    await taking(measurer, tmp_path)

    assert measurer.asked == ["first", "second"]
    assert (reports[-1]["missing"], [*reports[-1]["parts"]]) == (["second"], ["first"])


async def test_brief_figures_are_not_taken_for_full_ones(tmp_path):
    await taking(Measurer(), tmp_path, quick=True)
    measurer = Measurer()

    found = await taking(measurer, tmp_path)

    assert measurer.asked == ["first", "second"]
    assert found["quick"] is False


async def test_a_part_that_fails_is_told_and_tried_again(tmp_path):
    measurer = Measurer()
    lines: list[str] = []

    found = await taking(Measurer(first="there is no data"), tmp_path, viewer=Viewer(say=lines.append))
    await taking(measurer, tmp_path)

    assert found["parts"]["first"]["error"] == "there is no data"
    assert "document" in found["parts"]["second"]
    assert lines[0] == "1/2 the first: not measured: there is no data"
    assert measurer.asked == ["first"]


async def test_it_is_shown_how_far_it_is_and_what_is_left(tmp_path):
    seen: list[Now] = []

    await taking(Measurer(), tmp_path, quick=True, viewer=Viewer(show=seen.append))

    assert [(now.part.name, now.number, now.parts, now.at, now.of) for now in seen] == [
        ("first", 1, 2, 0, 0),
        ("first", 1, 2, 1, 2),
        ("second", 2, 2, 0, 0),
        ("second", 2, 2, 1, 2),
    ]
    assert seen[0].left_seconds == pytest.approx(40, abs=1)
    assert seen[-1].left_seconds < 1  # the first part took no time at all, and so will the second


@pytest.mark.parametrize(
    "change",
    [
        {"version": "1.1"},
        {"source": "e" * 64},
        {"machine": {"cores": 4}},
        {"packages": {"numpy": "3"}},
        {"models": {"llm": {"id": "another"}}},
        {"settings": {"stt": {"threads": 2}}},
    ],
)
def test_a_fingerprint_tells_what_figures_depend_on(change):
    assert fingerprint("a", replace(ABOUT, **change), quick=False) != fingerprint("a", ABOUT, quick=False)


def test_a_fingerprint_tells_parts_and_sizes_apart():
    marks = {fingerprint(part, ABOUT, quick=quick) for part in ("a", "b") for quick in (False, True)}

    assert len(marks) == 4


def test_a_commit_that_changes_no_code_changes_no_fingerprint():
    later = replace(ABOUT, commit="def")

    assert fingerprint("a", later, quick=True) == fingerprint("a", ABOUT, quick=True)


@pytest.mark.parametrize("content", ["", '{"fingerprint": "x"', "[]", '{"fingerprint": "other"}'])
def test_half_a_part_or_another_is_not_taken(tmp_path, content):
    write(tmp_path / "parts" / "a.json", content)

    assert Kept(tmp_path).find("a", "x") is None


def test_a_part_that_cannot_be_kept_is_told(tmp_path):
    (tmp_path / "parts").write_text("in the way")

    with pytest.raises(Problem, match="cannot be written"):
        Kept(tmp_path).keep("a", {})


def test_the_code_of_pictures_changes_no_figure(tmp_path):
    for name in ("bench/pictures/style.py", "bench/turn.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("one")
    before = source(tmp_path)

    (tmp_path / "bench/pictures/style.py").write_text("two")
    assert source(tmp_path) == before
    (tmp_path / "bench/turn.py").write_text("two")
    assert source(tmp_path) != before


@pytest.mark.parametrize(
    ("cpuinfo", "name"),
    [
        ("processor: 0\nmodel name\t: A B\n\nprocessor: 1\nmodel name\t: A B\n", "A B"),
        ("processor: 0\nBogoMIPS: 1\nModel\t: Raspberry Pi 5 Model B\n", "Raspberry Pi 5 Model B"),
    ],
)
def test_the_processor_is_called_what_the_kernel_calls_it(tmp_path, cpuinfo, name):
    (tmp_path / "cpuinfo").write_text(cpuinfo)

    assert processor(tmp_path / "cpuinfo") == name


@pytest.mark.models
@pytest.mark.usefixtures("tiny_llm", "tiny_whisper", "joe")
def test_models_are_told_by_their_bytes_and_nothing_of_the_home_is():
    settings = Settings.model_validate({"profile": "tiny", "mqtt": {"host": "secret.example"}})

    about = look(settings)

    digests = [digest for model in about.models.values() for digest in model.get("sha256", {}).values()]
    assert all(len(digest) == 64 for digest in digests)
    assert about.models["stt"]["sha256"].keys() >= {"model.bin", "tokenizer.json"}
    assert about.settings == {"profile": "tiny"}
    assert "secret" not in json.dumps(about.document())


@pytest.mark.parametrize(
    ("took", "rate"),
    [({}, 1.0), ({"first": 20.0}, 2.0), ({"first": 5.0, "second": 15.0}, 0.5), ({"?": 9.0}, 1.0)],
)
def test_the_pace_is_what_finished_parts_took(took, rate):
    assert pace(took, (FIRST, SECOND), quick=True) == rate


@pytest.mark.parametrize(("elapsed", "left"), [(0, 80.0), (15, 65.0), (100, 60.0)])
def test_what_is_left_follows_the_pace(elapsed, left):
    assert remaining((FIRST, SECOND), 2.0, quick=True, elapsed=elapsed) == left


@pytest.mark.parametrize(("seconds", "words"), [(0, "5 s"), (62, "60 s"), (100, "2 min"), (3000, "50 min")])
def test_a_duration_is_told_no_more_precisely_than_it_is_known(seconds, words):
    assert spoken(seconds) == words


def test_full_and_brief_fit_into_their_time():
    assert sum(part.nominal(quick=True) for part in PARTS) <= 600
    assert sum(part.nominal(quick=False) for part in PARTS) <= 3600


def test_what_others_took_is_what_was_neither_idle_nor_ours():
    before, after = Ticks(100, 2, 50, 1000), Ticks(108, 3, 53, 1010)

    assert taken(before, after, cores=2) == (25.0, 5.0)


def test_a_system_without_counters_tells_nothing_of_others(tmp_path):
    assert ticks(tmp_path / "stat") is None


def test_the_counters_are_read(tmp_path):
    (tmp_path / "stat").write_text("cpu  100 100 100 9999 50 50 50 700 0 0\ncpu0 1\n")

    found = ticks(tmp_path / "stat")

    assert found is not None
    assert (found.busy, found.stolen) == (4.0, 7.0)


@pytest.mark.parametrize(
    "row",
    [
        Row("s", "m", 3, 1.5, 1.0, 2.0, "ms", Target(2.0)),
        Row("s", "m", 1, 96.0, None, None, "%", Target(95.0, at_least=True)),
        Row("s", "m", 1, 0.0, None, None, ""),
    ],
)
def test_a_row_comes_back_as_it_was_written(row):
    assert row_of(json.loads(json.dumps(plain(row)))) == row


def test_a_row_without_trials_is_written_without_a_number():
    back = row_of(json.loads(json.dumps(plain(Sheet("s").quantile("m", [], 50, "ms")), allow_nan=False)))

    assert (back.n, back.shown) == (0, "-")


def test_the_page_begins_with_the_machine_and_all_targets():
    text = page(report())

    head, targets = text.split("## Targets")[0], text.split("## Targets")[1].split("## ")[0]
    for words in ("A Processor, 2 cores, 4 GB", "a-model", "commit 0123456789ab", "The machine was quiet"):
        assert words in head
    assert "1 of 2 are met." in targets
    assert (
        "| conversation | questions: voice to voice, p50 | 0.700 s [0.700, 0.700] | 3 | ≤ 0.9 s | met |"
        in targets
    )
    assert r"questions: p95 \| of all | 0.950 s [0.950, 0.950] | 3 | ≤ 0.9 s | **missed** |" in targets


def test_the_page_shows_pictures_under_their_parts():
    text = page(report(), PICTURES)

    wake = text.split("## The part wake")[1].split("\n## ")[0]
    assert wake.count("![") == 1
    assert "(wake.svg)" in wake


def test_a_table_of_a_part_is_on_the_page():
    table = Table("speed", "answer [s]", title="predicted")
    table.add_row("half", "1.2")
    some = report()
    wake = some["parts"]["wake"]
    some["parts"]["wake"] = wake | {"document": wake["document"] | {"tables": [table_of(table)]}}

    assert "predicted:\n\n| speed | answer [s] |\n|---:|---:|\n| half | 1.2 |\n" in page(some)


def test_the_page_names_versions_and_the_bytes_of_models():
    text = page(report())

    assert f"| a-model | a.gguf | `{'cd' * 32}` |" in text
    assert "| hassil | absent |" in text


def test_what_disturbed_the_run_is_named():
    busy = report()
    busy["parts"]["wake"] = busy["parts"]["wake"] | {"load": LOAD | {"others_percent": DISTURBED + 1}}
    busy["parts"]["soak"] = busy["parts"]["soak"] | {
        "load": LOAD | {"others_percent": None, "stolen_percent": 30.0}
    }

    assert disturbed(busy) == ["the part wake", "the part soak"]
    assert "**Disturbed.**" in page(busy)
    assert "the part wake; the part soak" in page(busy)


def test_what_is_missing_or_failed_is_named():
    some = report(missing=["home", "memory"])
    some["parts"]["wake"] = {key: value for key, value in some["parts"]["wake"].items() if key != "document"}
    some["parts"]["wake"]["error"] = "no *data*"

    text = page(some)

    assert "Not yet measured: home, memory." in text
    assert r"Not measured: no \*data\*" in text


def test_a_page_of_nothing_says_so():
    text = page(report(parts={}, started=None, ended=None, missing=["wake"]))

    assert "Nothing has been measured." in text


def test_ctrl_c_leaves_a_report_of_what_is_done(monkeypatch, tmp_path):
    async def interrupted(_settings, *, done, **_):
        done(report(missing=["home"]))
        raise KeyboardInterrupt

    monkeypatch.setattr(whole, "run", interrupted)

    with pytest.raises(KeyboardInterrupt):
        command.whole(quick=True, folder=tmp_path, profile="tiny", config=None)

    assert "Not yet measured: home." in (tmp_path / "report.md").read_text()
    assert json.loads((tmp_path / "report.json").read_text())["missing"] == ["home"]
    assert (tmp_path / "wake.svg").is_file()


def test_a_part_that_failed_ends_the_command_with_its_name(monkeypatch, tmp_path):
    async def failing(_settings, **_):
        some = report()
        some["parts"]["wake"]["error"] = "no data"
        return some

    monkeypatch.setattr(whole, "run", failing)

    with pytest.raises(Problem, match="not measured: the part wake"):
        command.whole(quick=True, folder=tmp_path, profile="tiny", config=None)


def test_the_bar_says_which_part_runs_and_how_long_all_still_takes():
    now = Now(SECOND, 2, 2, 1500.0, "trials", 3, 40)

    assert command.described(now) == "2/2 the second: trials 3/40"
    assert command.left(now) == "about 25 min left"
