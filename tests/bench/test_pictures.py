"""The pictures: drawn from a report's figures alone, readable, and the same each time."""

from __future__ import annotations

import sys
from xml.etree import ElementTree as ET

import pytest

from tests.bench.reports import DOCUMENTS, TIMELINE, report, row
from voiceslm.bench.live.timeline import Kind, Lane
from voiceslm.bench.pictures import PICTURES, draw, style
from voiceslm.bench.pictures.data import line, shares
from voiceslm.bench.pictures.memory import RESIDENT
from voiceslm.bench.pictures.turns import KINDS, LANES, ahead, shortened
from voiceslm.bench.whole.parts import NAMES
from voiceslm.errors import Problem

PNG = b"\x89PNG\r\n\x1a\n"

WORDS = {
    "timeline": [
        "0.70 s",
        "86 % of the work",
        "user speaks",
        "thrown away",
        "What costs $5 & what <nothing>?",
    ],
    "waterfall": ["0.70 s", "serial chain", "+300", "+700", "endpoint, 620"],
    "voice-to-voice": ["0.75 s", "1.70 s", "n = 4", "requests that need no model: p50 0.35 s"],
    "reply-length": ["30 ms", "1 ms", "n = 5", "words in the reply"],
    "threads": ["tiny 450 ms", "default, 450 ms", "n = 3"],
    "windows": ["200 ms", "600 ms", "5.0 %", "90 words", "with the guard", "window, s"],
    "wake": ["okay nabu 20 %", "2.0 h", "false accepts an hour", "n = 10"],
    "memory": ["40 turns", "3 mishaps", "resident", "MB"],
}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    assert [picture.name for picture in draw(report(), folder)] == [picture.name for picture in PICTURES]
    return folder


def words_of(svg) -> str:
    return " ".join(" ".join(ET.parse(svg).getroot().itertext()).split())


@pytest.mark.parametrize("name", WORDS)
def test_a_picture_says_in_words_what_it_shows(drawn, name):
    text = words_of(drawn / f"{name}.svg")

    for words in WORDS[name]:
        assert words in text


@pytest.mark.parametrize("name", WORDS)
def test_every_picture_is_there_as_svg_and_as_png(drawn, name):
    assert ET.parse(drawn / f"{name}.svg").getroot().tag.endswith("svg")
    assert (drawn / f"{name}.png").read_bytes().startswith(PNG)


def test_the_same_figures_make_the_same_bytes(drawn, tmp_path):
    draw(report(), tmp_path)

    for picture in PICTURES:
        for suffix in (".svg", ".png"):
            name = picture.name + suffix
            assert (tmp_path / name).read_bytes() == (drawn / name).read_bytes(), name


def test_what_was_not_measured_is_not_drawn(tmp_path):
    parts = {"wake": report()["parts"]["wake"]}

    assert [picture.name for picture in draw(report(parts=parts), tmp_path)] == ["wake"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["wake.png", "wake.svg"]


def test_a_part_that_failed_is_not_drawn(tmp_path):
    failed = {name: part | {"document": {}} for name, part in report()["parts"].items()}

    assert draw(report(parts=failed), tmp_path) == []


def test_the_ground_is_white_and_opaque(drawn):
    svg = (drawn / "wake.svg").read_text()

    assert "fill: #ffffff" in svg.split("axes_1")[0]


def test_no_line_is_longer_than_the_picture_is_wide():
    text = style.wrapped("a word " * 40 + "\nanother line", 50)

    assert max(map(len, text.splitlines())) <= 50
    assert text.splitlines()[-1] == "another line"


def test_every_picture_belongs_to_a_part():
    assert {picture.part for picture in PICTURES} <= set(NAMES)
    assert {picture.part for picture in PICTURES} == set(DOCUMENTS)


def test_the_timeline_knows_every_lane_and_kind_of_the_bench():
    assert tuple(lane.value for lane in Lane) == LANES
    assert {kind.value for kind in Kind} == set(KINDS)


def test_work_ahead_is_what_was_not_thrown_away_and_done_before_the_endpoint():
    assert ahead(TIMELINE["spans"]) == pytest.approx(100 * 300 / 350)  # type: ignore[arg-type]


def test_a_distribution_that_some_never_reach_ends_below_all():
    x, y = shares([2.0, 1.0], 4)

    assert [*x] == [1.0, 2.0]
    assert [*y] == [25.0, 50.0]


def test_a_line_goes_through_its_points():
    assert line([0, 1, 2], [1.0, 3.0, 5.0]) == pytest.approx((2.0, 1.0))


@pytest.mark.parametrize(("text", "shown"), [("brief", "brief"), ("some more words", "some more …")])
def test_a_long_text_is_cut_at_a_word(text, shown):
    assert shortened(text, most=12) == shown


def test_without_the_library_is_said_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "matplotlib", None)

    with pytest.raises(Problem) as problem:
        draw(report(), tmp_path)
    assert "voiceslm[bench]" in problem.value.remedy


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(Problem, match="cannot be written"):
        draw(report(), tmp_path / "file" / "below")


def test_a_number_stays_with_its_unit():
    assert style.wrapped("it takes 12 ms more", 13) == "it takes\n12\N{NO-BREAK SPACE}ms more"


@pytest.mark.parametrize(("turns", "told"), [(40, False), (400, True)])
def test_growth_is_told_only_of_many_turns(tmp_path, turns, told):
    samples = [{"turn": turn, "resident_mb": 700.0} for turn in range(0, turns + 1, 10)]
    grown = {**row("soak", 0.5, measure=RESIDENT), "low": 0.1, "high": 0.9}
    soak = report()["parts"]["soak"]
    document = soak["document"] | {"samples": samples, "rows": [grown]}

    draw(report(parts={"soak": soak | {"document": document}}), tmp_path)

    assert ("+0.50 MB a hundred turns" in words_of(tmp_path / "memory.svg")) is told
