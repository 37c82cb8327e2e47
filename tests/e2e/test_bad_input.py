"""Each of these ends in one clear line, with no traceback and nothing half-written."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.e2e.command import PATIENCE, environment, voiceslm

SAMPLE = Path(__file__).parents[2] / "samples" / "question.wav"


@pytest.mark.parametrize("command", ["turn", "transcribe"])
@pytest.mark.parametrize("content", [b"", b"RIFF", b"RIFF\x24\0\0\0WAVEfmt ", b"just some text " * 100])
def test_what_is_no_recording_is_named(tmp_path, command, content):
    wav = tmp_path / "broken.wav"
    wav.write_bytes(content)
    voiceslm(command, wav, "--profile", "tiny").assert_refused("broken.wav")


def test_a_recording_too_long_to_be_a_question_is_refused(tmp_path):
    wav = tmp_path / "long.wav"
    soundfile.write(wav, np.zeros(61 * 8000), 8000)
    voiceslm("turn", wav).assert_refused("long.wav", "60")


def test_a_missing_recording_is_named(tmp_path):
    voiceslm("turn", tmp_path / "nowhere.wav").assert_refused("nowhere.wav")


def test_an_unknown_profile_is_refused_with_the_known_ones():
    voiceslm("ask", "hello", "--profile", "huge").assert_refused("'huge'", "default", "small", "tiny")


@pytest.mark.parametrize("text", ["", " ", "\t\n"])
@pytest.mark.models
@pytest.mark.usefixtures("tiny_llm", "joe")
def test_an_empty_question_is_refused(text):
    voiceslm("ask", text, "--profile", "tiny").assert_refused("empty")


@pytest.mark.models
@pytest.mark.usefixtures("tiny_llm", "joe")
@pytest.mark.parametrize(
    ("text", "word"), [("😀😀", "nothing in the text can be spoken"), ("a" * 100_000, "too long")]
)
def test_a_text_that_cannot_be_spoken_leaves_no_file(tmp_path, text, word):
    wav = tmp_path / "said.wav"
    voiceslm("say", "-o", wav, "--", text).assert_refused(word)
    assert not list(tmp_path.iterdir())


@pytest.mark.models
@pytest.mark.usefixtures("joe")
def test_a_folder_that_does_not_exist_is_named(tmp_path):
    voiceslm("say", "hello", "-o", tmp_path / "no" / "said.wav").assert_refused(str(tmp_path / "no"))


@pytest.mark.models
def test_half_a_model_and_a_flipped_byte_are_refused_with_the_remedy(tmp_path, tiny_llm, joe):
    models = tmp_path / "voiceslm" / "models" / tiny_llm.parent.name
    shutil.copytree(joe.parent, tmp_path / "voiceslm" / "voices" / joe.parent.name)
    models.mkdir(parents=True)
    whole = tiny_llm.read_bytes()

    (models / tiny_llm.name).write_bytes(whole[: len(whole) // 2])
    outcome = voiceslm("ask", "hello", "--profile", "tiny", XDG_CACHE_HOME=str(tmp_path))
    outcome.assert_refused(tiny_llm.parent.name, "pull")

    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    (models / tiny_llm.name).write_bytes(flipped)
    outcome = voiceslm("ask", "hello", "--profile", "tiny", XDG_CACHE_HOME=str(tmp_path))
    outcome.assert_refused(tiny_llm.parent.name, "pull")


def test_wrong_usage_exits_with_2():
    voiceslm("turn").assert_refused("IN.wav", code=2)
    voiceslm("turn", SAMPLE, "--nonsense").assert_refused("--nonsense", code=2)
    voiceslm("dance").assert_refused("dance", code=2)


def mapped(pid, name):
    """Whether a process has a file of that name in its memory: the phase it has reached, seen from outside."""
    try:
        return name in Path(f"/proc/{pid}/maps").read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.models
@pytest.mark.usefixtures("tiny_whisper", "joe")
@pytest.mark.parametrize("phase", ["rich", "onnxruntime", ".gguf"])
def test_ctrl_c_ends_every_phase_at_once(tmp_path, tiny_llm, phase):
    marker = {"rich": "_soundfile_data", "onnxruntime": "onnxruntime_pybind11", ".gguf": tiny_llm.name}[phase]
    reply = tmp_path / "reply.wav"
    process = subprocess.Popen(
        [sys.executable, "-m", "voiceslm", "turn", str(SAMPLE), "-o", str(reply), "--profile", "tiny"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    deadline = time.monotonic() + PATIENCE
    while not mapped(process.pid, marker) and process.poll() is None and time.monotonic() < deadline:
        os.sched_yield()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert errors.strip() == "interrupted"
    assert not list(tmp_path.iterdir())
