"""``voiceslm transcribe``: what is printed, and that one bad file does not stop the others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
import typer

from voiceslm.audio.wavfile import write_wav
from voiceslm.cli import transcribe
from voiceslm.events import Audio, Transcript

if TYPE_CHECKING:
    from pathlib import Path


class Echo:
    """Understands how many seconds it was given."""

    def transcribe(self, audio: Audio, *, hint: str = "") -> Transcript:
        return Transcript(f"{audio.seconds:g} seconds", speech_seconds=0.5, window_seconds=8.0, attempts=1)


@pytest.fixture
def clips(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "[bold]one.wav", tmp_path / "two.wav"]
    for seconds, path in enumerate(paths, start=1):
        write_wav(path, Audio(np.zeros(16_000 * seconds, np.float32), 16_000))
    return paths


def test_one_file_prints_its_text_alone(clips, capsys):
    transcribe.run(clips[:1], engine=Echo(), as_json=False)

    assert capsys.readouterr().out == "1 seconds\n"


def test_several_files_print_path_and_text(clips, capsys):
    transcribe.run(clips, engine=Echo(), as_json=False)

    assert capsys.readouterr().out == f"{clips[0]}\t1 seconds\n{clips[1]}\t2 seconds\n"


def test_json_is_a_list_with_one_entry_a_file(clips, capsys):
    transcribe.run(clips, engine=Echo(), as_json=True)

    entries = json.loads(capsys.readouterr().out)
    assert [entry["path"] for entry in entries] == [str(path) for path in clips]
    assert [entry["transcript"] for entry in entries] == ["1 seconds", "2 seconds"]
    assert [entry["seconds"] for entry in entries] == [1.0, 2.0]
    assert all(entry["stt_ms"] >= 0 and entry["attempts"] == 1 for entry in entries)


@pytest.mark.parametrize("as_json", [False, True])
def test_a_bad_file_is_reported_the_others_are_done_and_the_exit_code_is_1(clips, capsys, tmp_path, as_json):
    broken = tmp_path / "[red]broken.wav"
    broken.write_bytes(b"not sound")

    with pytest.raises(typer.Exit) as caught:
        transcribe.run([broken, *clips, tmp_path / "missing.wav"], engine=Echo(), as_json=as_json)

    printed = capsys.readouterr()
    assert caught.value.exit_code == 1
    assert "1 seconds" in printed.out
    assert "2 seconds" in printed.out
    lines = printed.err.splitlines()
    assert len(lines) == 2
    assert str(broken) in lines[0]
    assert str(tmp_path / "missing.wav") in lines[1]


def test_json_of_nothing_but_bad_files_is_still_a_list(capsys, tmp_path):
    with pytest.raises(typer.Exit):
        transcribe.run([tmp_path / "missing.wav"], engine=Echo(), as_json=True)

    assert json.loads(capsys.readouterr().out) == []
