"""The speech-to-text benchmark: scores, intervals, rows; and the data it asks for."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from voiceslm.bench.score import bootstrap, slot_words, word_errors
from voiceslm.bench.stt import Outcome, Report, clips, data_folder, summarise
from voiceslm.errors import Problem

pytest.importorskip("jiwer", reason="the bench extra is not installed")


@pytest.mark.parametrize(
    ("said", "heard", "wrong"),
    [
        ("turn on the light", "Turn on the light.", 0),
        ("turn on the light", "", 4),
        ("turn on the light", "turn the lights", 2),
        ("stop", "stop stop stop", 2),
        ("twenty minutes", "20 minutes", 0),
        ("Mister Hale's shop", "Mr. Hale's shop", 0),
    ],
)
def test_word_errors_ignore_spelling_and_count_insertions(said, heard, wrong):
    assert word_errors(said, heard)[0] == wrong


def test_word_errors_come_with_the_length_of_what_was_said():
    assert word_errors("turn on the light", "")[1] == 4


def test_slot_words_are_those_missing_wherever_they_stand():
    assert slot_words(["double shot", "large"], "A large one with a double, please.") == (1, 3)


def test_the_interval_holds_the_estimate_and_narrows_with_more_clips():
    generator = np.random.default_rng(5)
    few = bootstrap(generator.normal(1, 1, 20), np.ones(20))
    many = bootstrap(generator.normal(1, 1, 2_000), np.ones(2_000))

    assert few.low < few.value < few.high
    assert many.low < 1 < many.high
    assert many.high - many.low < (few.high - few.low) / 3


def test_clips_without_any_difference_have_no_interval_to_speak_of():
    found = bootstrap(np.zeros(10), np.full(10, 7.0))

    assert (found.value, found.low, found.high) == (0, 0, 0)


def outcome(group: str, *, ours: int, plain: int, seconds: tuple[float, float] = (0.1, 0.4)) -> Outcome:
    return Outcome(
        clip="a.flac",
        group=group,
        total=10,
        ours_wrong=ours,
        plain_wrong=plain,
        ours_seconds=seconds[0],
        plain_seconds=seconds[1],
        attempts=2 if ours else 1,
        window_seconds=8.0,
        ours_text="",
        plain_text="",
    )


def test_rows_are_pooled_over_words_and_kept_by_group():
    rows = {
        row.group: row
        for row in summarise(
            [
                outcome("librispeech", ours=1, plain=1),
                outcome("home commands", ours=2, plain=0),
                outcome("barista", ours=5, plain=5),
            ]
        )
    }

    assert list(rows) == ["both", "librispeech", "home commands", "barista"]
    assert (rows["both"].clips, rows["both"].words) == (2, 20)
    assert rows["both"].ours == pytest.approx(0.15)
    assert rows["both"].difference.value == pytest.approx(0.10)
    assert rows["both"].time_ratio.value == pytest.approx(0.25)
    assert rows["both"].retried == 2


def test_the_report_is_json_and_a_table():
    outcomes = (outcome("barista", ours=0, plain=1),)
    report = Report("whisper-base", 2, summarise(outcomes), outcomes)
    console = Console(width=160, record=True, file=Path("/dev/null").open("w"))  # noqa: SIM115 - closed with the test

    console.print(report.table())

    assert json.loads(json.dumps(report.document()))["rows"][0]["group"] == "barista"
    assert "barista" in console.export_text()


def test_absent_data_is_a_problem_that_names_the_variable(monkeypatch, tmp_path):
    monkeypatch.setenv("VOICESLM_DATA", str(tmp_path))

    with pytest.raises(Problem, match="VOICESLM_DATA"):
        data_folder()


def test_only_english_people_with_known_words_are_taken(tmp_path):
    rows = [
        {"path": "a.flac", "set": "home_commands", "lang": "en", "seconds": 2, "transcript": "stop"},
        {"path": "b.flac", "set": "home_commands", "lang": "fr", "seconds": 2, "transcript": "lecture"},
        {"path": "c.flac", "set": "home_commands", "lang": "en", "seconds": 2, "transcript": None},
        {"path": "d.flac", "set": "home_commands_tts", "lang": "en", "seconds": 2, "transcript": "stop"},
        {"path": "e.flac", "set": "librispeech_read", "lang": "en", "seconds": 61, "transcript": "long"},
        {"path": "f.flac", "set": "barista", "lang": "en", "seconds": 2, "slots": {"size": "large"}},
    ]
    (tmp_path / "speech").mkdir()
    (tmp_path / "speech" / "manifest.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")

    found = clips(tmp_path)

    assert [(clip.path.name, clip.group) for clip in found] == [
        ("a.flac", "home commands"),
        ("f.flac", "barista"),
    ]
    assert found[1].slots == ("large",)
