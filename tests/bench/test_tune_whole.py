"""A tuned model beside a larger one."""

from typing import TYPE_CHECKING, cast

from voiceslm.bench.live.rows import Sheet
from voiceslm.bench.tune import beside, whole
from voiceslm.bench.tune.contest import Contestant
from voiceslm.bench.tune.part import Contest

if TYPE_CHECKING:
    from voiceslm.bench.home.part import Bench

ALL = tuple(Contestant(label, label) for label in ("base", "tuned", "larger"))
SHEET = Sheet("x")


class FakeBench:
    def progress(self, items, _what):
        return items


async def test_the_memory_of_the_tuned_model_is_set_against_the_larger_ones(monkeypatch):
    sizes = {"base": 160.0, "tuned": 180.0, "larger": 1200.0}
    monkeypatch.setattr(whole, "memory_mb", lambda one: sizes[one.label])
    part = await whole.memory(Contest(cast("Bench", FakeBench()), ALL))
    row = part.measures[1].rows["tuned"]
    assert (row.value, row.met) == (0.15, True)


async def test_without_a_larger_model_nothing_is_compared(monkeypatch):
    monkeypatch.setattr(whole, "memory_mb", lambda _one: 100.0)
    part = await whole.memory(Contest(cast("Bench", FakeBench()), ALL[:2]))
    assert len(part.measures) == 1


def test_times_that_were_not_taken_are_not_compared():
    rows = {"tuned": SHEET.quantile("", [], 50, "ms"), "larger": SHEET.quantile("", [5.0], 50, "ms")}
    assert list(beside.compared("x", rows, beside.FASTER, larger_above=True)) == []


def test_a_model_is_faster_by_as_much_as_the_larger_one_takes_longer():
    rows = {"tuned": SHEET.quantile("", [100.0], 50, "ms"), "larger": SHEET.quantile("", [300.0], 50, "ms")}
    (measure,) = beside.compared("x", rows, beside.FASTER, larger_above=True)
    assert (measure.rows["tuned"].value, measure.rows["tuned"].met) == (3.0, True)
