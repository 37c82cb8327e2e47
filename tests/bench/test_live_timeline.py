"""One turn laid out in time, and the picture of it."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from tests.bench.test_live_scoring import BEGIN, END, exchange, turn
from voiceslm.bench.live.svg import drawn, ticks
from voiceslm.bench.live.timeline import Kind, Lane, Span, timeline_of
from voiceslm.bench.live.trace import Work

SVG = "{http://www.w3.org/2000/svg}"


def seen():
    """An exchange: a partial, a draft that was dropped, a draft that became the answer."""
    from dataclasses import replace  # noqa: PLC0415

    dropped = turn(1, reason="", stt=101.5)
    answer = turn(
        2, stt=102.2, first_token=102.4, first_clause=102.6, first_audio=102.7, endpoint=102.5, audible=102.7
    )
    works = (
        Work("transcribe", 101.0, 101.4, words=True),
        Work("transcribe", 102.0, 102.2, words=True),
        Work("answer", 101.5, 101.8, words=True),
        Work("answer", 102.2, 103.0, words=True),
        Work("prefill", 101.4, 101.5, words=True),
        Work("prefill", 104.0, 104.5, words=False),
    )
    return replace(exchange(dropped, answer, happened=[2], audible=102.71), works=works)


def spans(lane):
    layout = timeline_of("Who?", seen())
    assert layout is not None
    return [(span.kind, span.begin_ms, span.end_ms) for span in layout.spans if span.lane is lane]


def test_time_counts_from_the_last_sound_of_the_user():
    assert spans(Lane.USER) == [(Kind.USER, 1000 * (BEGIN - END), 0.0)]
    assert spans(Lane.ENDPOINT) == [(Kind.WAIT, 0.0, 500.0)]
    assert spans(Lane.LOUDSPEAKER) == [(Kind.REPLY, 710.0, 1010.0)]


def test_work_is_parted_at_the_endpoint():
    assert spans(Lane.CLAUSE) == [(Kind.AHEAD, 400.0, 500.0), (Kind.AFTER, 500.0, 600.0)]
    assert spans(Lane.VOICE) == [(Kind.AFTER, 600.0, 700.0)]
    assert spans(Lane.TRANSCRIPT) == [(Kind.AHEAD, -1000.0, -600.0), (Kind.AHEAD, 0.0, 200.0)]


def test_a_draft_that_was_dropped_is_shown_until_it_was():
    assert spans(Lane.TOKEN) == [(Kind.DROPPED, -500.0, -200.0), (Kind.AHEAD, 200.0, 400.0)]


def test_preparing_for_the_next_turn_is_not_shown():
    assert spans(Lane.PREFILL) == [(Kind.AHEAD, -600.0, -500.0)]


@pytest.mark.parametrize(
    "silent", [exchange(), exchange(turn(endpoint=102.5)), exchange(turn(reason=""), audible=102.5)]
)
def test_what_was_not_answered_has_no_layout(silent):
    assert timeline_of("Who?", silent) is None


class TestThePicture:
    def test_is_well_formed_whatever_was_said(self):
        layout = timeline_of('"Fish & chips" <please>?', seen())
        assert layout is not None

        root = ET.fromstring(drawn(layout))

        title = root.find(f"{SVG}title")
        assert title is not None
        assert '"Fish & chips" <please>?' in (title.text or "")

    def test_has_a_bar_for_every_span_and_a_name_for_every_lane(self):
        layout = timeline_of("Who?", seen())
        assert layout is not None

        root = ET.fromstring(drawn(layout))

        bars = [bar for bar in root.iter(f"{SVG}rect") if bar.find(f"{SVG}title") is not None]
        texts = [text.text for text in root.iter(f"{SVG}text")]
        assert len(bars) == len(layout.spans)
        assert {bar.get("class") for bar in bars} == {span.kind for span in layout.spans}
        assert set(Lane) <= set(texts)

    def test_keeps_every_bar_inside(self):
        layout = timeline_of("Who?", seen())
        assert layout is not None
        root = ET.fromstring(drawn(layout))
        width = float(root.get("viewBox", "").split()[2])

        for bar in root.iter(f"{SVG}rect"):
            assert float(bar.get("x", "")) >= 0
            assert float(bar.get("x", "")) + float(bar.get("width", "")) <= width

    def test_has_colours_for_light_and_dark(self):
        layout = timeline_of("Who?", seen())
        assert layout is not None

        _, dark = drawn(layout).split("prefers-color-scheme: dark")

        assert all(f".{kind} {{" in dark for kind in Kind)


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [
        (-1000, 1000, [-1000, -800, -600, -400, -200, 0, 200, 400, 600, 800, 1000]),
        (10, 210, [50, 100, 150, 200]),
    ],
)
def test_ticks_are_round_and_hold_zero(low, high, found):
    assert ticks(low, high) == found


def test_a_span_is_plain():
    assert Span(Lane.USER, Kind.USER, -1.0, 0.0).lane == "user speaks"
