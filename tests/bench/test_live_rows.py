"""Lines of the report: shares, percentiles, ratios, targets, and how they are shown."""

from __future__ import annotations

import json

import pytest
from rich.console import Console

from voiceslm.bench.live.report import Report
from voiceslm.bench.live.rows import TIMES, Sheet, Target
from voiceslm.bench.live.scenario import Outcome

SHEET = Sheet("stop")


def test_a_share_counts_truths_and_has_wilsons_interval():
    row = SHEET.share("heard", [1, 0, "yes", None], Target(40.0, at_least=True))

    assert (row.n, row.value, row.unit) == (4, 50.0, "%")
    assert (row.low, row.high) == pytest.approx((15.0, 85.0), abs=0.1)
    assert row.met is True


def test_a_percentile_lies_within_its_interval():
    row = SHEET.quantile("latency", [0.5, 0.6, 0.7, 0.8, 2.0] * 6, 50, "s", Target(0.6))

    assert row.value == 0.7
    assert row.low is not None
    assert row.high is not None
    assert row.low <= row.value <= row.high
    assert row.met is False


def test_a_ratio_is_that_of_the_medians():
    row = SHEET.ratio_of_medians("faster", [3.0, 3.0, 9.0], [1.0, 1.0, 1.0])

    assert (row.value, row.low, row.high, row.unit) == (3.0, 3.0, 9.0, TIMES)


@pytest.mark.parametrize(
    ("target", "value", "met"),
    [
        (Target(0.2), 0.2, True),
        (Target(0.2), 0.21, False),
        (Target(95, at_least=True), 95, True),
        (Target(95, at_least=True), 94, False),
    ],
)
def test_a_bound_itself_is_within_the_target(target, value, met):
    assert target.met(value) is met


def test_nothing_tried_is_nothing_shown_and_no_target_met():
    rows = [
        SHEET.share("heard", [], Target(95, at_least=True)),
        SHEET.quantile("latency", [], 50, "s", Target(1)),
        SHEET.ratio_of_medians("faster", [], []),
    ]

    assert [(row.n, row.shown, row.met) for row in rows] == [(0, "-", None)] * 3


def test_an_interval_that_begins_at_zero_is_shown():
    assert SHEET.share("heard", [False] * 10).shown == "0.0 % [0.0, 27.8]"


def test_the_report_is_json_and_a_table_a_scenario():
    rows = (SHEET.share("heard", [True], Target(95, at_least=True)), SHEET.share("never tried", []))
    report = Report(
        {"stt": "w"}, {"stt": 1.0}, {}, quick=True, outcomes={"stop": Outcome(rows, (), ("a note",))}
    )
    console = Console(width=100, record=True, quiet=False)

    for table in report.tables():
        console.print(table)

    document = json.loads(json.dumps(report.document(), allow_nan=False))
    assert (document["schema"], document["notes"]) == (1, ["a note"])
    assert [(row["measure"], row["value"], row["met"]) for row in document["rows"]] == [
        ("heard", 100.0, True),
        ("never tried", None, None),
    ]
    shown = console.export_text()
    assert "100.0 % [20.7, 100.0]" in shown
    assert "≥ 95 %" in shown
    assert "a note" in shown
    assert report.picture is None
