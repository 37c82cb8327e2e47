"""Every number of the documentation that names a row of the report is that row's, with its unit."""

from __future__ import annotations

import json
import re
from functools import cache

import pytest

from tests.docs.pages import ROOT, TEXTS, text

REPORT = ROOT / "docs" / "bench" / "report.json"
LATER = ROOT / "docs" / "bench" / "later"
"""What single benches wrote after it, on later code: their scenarios stand in place of the report's."""

_QUOTED = re.compile(
    r"(?P<value>-?\d[\d.]*)(?P<unit>(?: (?:s|ms|%|times|MB))?)\**<!-- (?P<scenario>[^<>/]+) / (?P<measure>[^<>]+) -->"
)
"""A value, its unit, and the row in a remark: 0.76 s<!-- questions / voice to voice, p50 -->."""

_REMARK = re.compile(r"<!-- [^<>/]+ / [^<>]+ -->")


@cache
def rows():
    """Return the values and units of all rows, by scenario and measure; `n of` a measure is how many trials."""
    documents = [part.get("document", {}) for part in json.loads(REPORT.read_text("utf-8"))["parts"].values()]
    later = [json.loads(path.read_text("utf-8")) for path in sorted(LATER.glob("*.json"))]
    again = {row["scenario"] for document in later for row in document["rows"]}
    rows = [row for one in documents for row in one.get("rows", []) if row["scenario"] not in again]
    found: dict[tuple[str, str], list[tuple[float, str]]] = {}
    for row in [*rows, *(row for document in later for row in document["rows"])]:
        found.setdefault((row["scenario"], row["measure"]), []).append((row["value"], row["unit"]))
        found.setdefault((row["scenario"], f"n of {row['measure']}"), []).append((row["n"], ""))
    return found


def same(written, unit, measured):
    """Say whether a figure is the one that was ``measured``, rounded to the places that are written."""
    value, its_unit = measured
    places = len(written.partition(".")[2])
    return unit.strip() == its_unit and f"{value:.{places}f}" == written


@pytest.mark.parametrize("page", [page for page in TEXTS if _REMARK.search(text(page))])
def test_what_is_quoted_is_what_the_report_has(page):
    wrong = []
    for found in _QUOTED.finditer(text(page)):
        key = found["scenario"], found["measure"]
        known = rows().get(key, [])
        if len(known) != 1 or not same(found["value"], found["unit"], known[0]):
            wrong.append((found["value"], found["unit"], key, known))
    assert not wrong


@pytest.mark.parametrize("page", [page for page in TEXTS if _REMARK.search(text(page))])
def test_every_remark_that_names_a_row_follows_a_number(page):
    assert len(_REMARK.findall(text(page))) == len(_QUOTED.findall(text(page)))


def test_the_pages_that_promise_something_quote_the_report():
    assert len(_QUOTED.findall(text("README.md"))) > 10
    assert len(_QUOTED.findall(text("docs/latency.md"))) > 20


@pytest.mark.parametrize(
    ("written", "unit", "measured", "right"),
    [
        ("0.46", " s", (0.4551, "s"), True),
        ("0.46", " s", (0.465001, "s"), False),
        ("0.46", " ms", (0.4551, "s"), False),
        ("7", "", (7.4, ""), True),
        ("2.10", " times", (2.1, "times"), True),
    ],
)
def test_a_number_is_compared_as_it_is_rounded(written, unit, measured, right):
    assert same(written, unit, measured) is right
