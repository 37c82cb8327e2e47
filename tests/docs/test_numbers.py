"""Every number of the documentation that names a row of the report is that row's."""

from __future__ import annotations

import json
import re
from functools import cache

import pytest

from tests.docs.pages import ROOT, TEXTS, text

REPORT = ROOT / "docs" / "bench" / "report.json"

_QUOTED = re.compile(
    r"(?P<value>[\w.?+-]+)(?: (?:s|ms|%|times|MB))?<!-- (?P<scenario>.+?) / (?P<measure>.+?) -->"
)
"""A value, its unit, and the row in a remark: 0.76 s<!-- questions / voice to voice, p50 -->."""


@cache
def rows():
    """Return the values of all rows, by scenario and measure."""
    found: dict[tuple[str, str], list[float]] = {}
    for part in json.loads(REPORT.read_text("utf-8"))["parts"].values():
        for row in part.get("document", {}).get("rows", []):
            found.setdefault((row["scenario"], row["measure"]), []).append(row["value"])
    return found


def quoted(page):
    return [(found["value"], (found["scenario"], found["measure"])) for found in _QUOTED.finditer(text(page))]


def same(written, measured):
    """Say whether a figure is ``measured``, rounded to the places that are written."""
    places = len(written.partition(".")[2])
    return f"{measured:.{places}f}" == written


@pytest.mark.parametrize("page", [page for page in TEXTS if quoted(page)])
def test_what_is_quoted_is_what_the_report_has(page):
    wrong = [
        (written, key, rows().get(key))
        for written, key in quoted(page)
        if len(rows().get(key, [])) != 1 or not same(written, rows()[key][0])
    ]
    assert not wrong


@pytest.mark.parametrize("page", ["README.md", "docs/latency.md"])
def test_the_pages_that_promise_something_quote_the_report(page):
    assert len(quoted(page)) > 10
    assert text(page).count("<!-- ") >= len(quoted(page))


@pytest.mark.parametrize(
    ("written", "measured", "right"),
    [
        ("0.46", 0.4551, True),
        ("0.46", 0.465001, False),
        ("7", 7.4, True),
        ("2.10", 2.1, True),
        ("?", 1.0, False),
    ],
)
def test_a_number_is_compared_as_it_is_rounded(written, measured, right):
    assert same(written, measured) is right
