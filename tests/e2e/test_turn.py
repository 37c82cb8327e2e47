"""turn, ask, say and transcribe, on real models, in processes of their own."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.e2e.command import voiceslm

pytestmark = [pytest.mark.models, pytest.mark.usefixtures("tiny_llm", "tiny_whisper", "joe")]

SAMPLE = Path(__file__).parents[2] / "samples" / "question.wav"
STAGES = ["stt", "first_token", "first_clause", "first_audio", "done"]
KEYS = {"transcript", "reply", "route", "route_detail", "actions", "reply_audio", "timings_ms", "models"}
OUR_TAIL = 40
"""Prompt tokens that a turn may cost besides the user's words."""


def tiny(*arguments, **options):
    command, *rest = arguments
    return voiceslm(command, "--profile", "tiny", *rest, **options)


def test_a_recording_is_answered_in_sound(tmp_path):
    reply = tmp_path / "reply.wav"
    outcome = tiny("turn", SAMPLE, "-o", reply, "--json")
    assert outcome.code == 0, outcome.err
    document = outcome.document
    assert document.keys() >= KEYS
    assert "sky" in document["transcript"].lower()
    assert document["reply"]
    assert (document["route"], document["actions"]) == ("chat", [])
    assert document["models"] == {
        "stt": "whisper-tiny.en",
        "llm": "smollm2-135m-instruct",
        "voice": "en_US-joe-medium",
    }
    assert document["prompt_tokens"] - document["user_tokens"] <= OUR_TAIL

    times = [document["timings_ms"][stage] for stage in STAGES]
    assert times == sorted(times)
    assert all(ms > 0 for ms in times)

    sound, rate = soundfile.read(reply)
    assert document["reply_audio"] == {
        "path": str(reply),
        "seconds": pytest.approx(len(sound) / rate, abs=0.01),
        "sample_rate": rate,
    }
    assert 0.1 < np.abs(sound).max() < 1.0


def test_people_get_what_was_heard_what_is_answered_and_where_the_time_went():
    outcome = tiny("turn", SAMPLE)
    assert outcome.code == 0
    for word in ("heard", "sky", "answer", "words understood", "first sound ready", "all sound ready"):
        assert word in outcome.out
    assert outcome.err == ""


def test_a_written_question_skips_hearing():
    document = tiny("ask", "What is the capital of France?", "--json").document
    assert "Paris" in document["reply"]
    assert document["timings_ms"]["stt"] is None
    assert document["models"].keys() == {"llm", "voice"}
    assert document["reply_audio"]["path"] is None


@pytest.mark.parametrize(
    "text", ["Please turn on the kitchen light.", "The train to Boston leaves at seven in the morning."]
)
def test_what_is_said_can_be_heard(tmp_path, text):
    wav = tmp_path / "said.wav"
    assert tiny("say", text, "-o", wav).code == 0
    heard = tiny("transcribe", wav)
    assert heard.code == 0
    wanted = set(text.lower().strip(".").split())
    got = set(heard.out.lower().replace(".", " ").replace("7", "seven").replace(",", " ").split())
    assert len(wanted - got) <= 1, heard.out


def test_silence_is_answered_by_silence(tmp_path):
    wav, reply = tmp_path / "silence.wav", tmp_path / "reply.wav"
    soundfile.write(wav, np.zeros(16_000), 16_000)
    outcome = tiny("turn", wav, "-o", reply, "--json")
    assert outcome.code == 0
    document = outcome.document
    assert (document["transcript"], document["reply"], document["route"]) == ("", "", "none")
    assert document["reply_audio"] is None
    assert document["timings_ms"]["first_token"] is None
    assert not reply.exists()


@pytest.mark.parametrize("text", ["שלום, מה שלומך?", "-5 & 10%", "one\ntwo\x07three"])
def test_unusual_text_is_answered_all_the_same(text):
    outcome = tiny("ask", "--json", "--", text)
    assert outcome.code == 0, outcome.err
    assert outcome.document["route"] == "chat"


def isolated():
    """A command prefix that takes the network away, loopback included; None where that is not allowed."""
    for prefix in (["unshare", "--net"], ["unshare", "--map-root-user", "--net"]):
        if (
            shutil.which("unshare")
            and not subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode
        ):
            return prefix
    return None


def test_a_turn_needs_no_network():
    prefix = isolated()
    if prefix is None:
        pytest.skip("network namespaces are not allowed here")
    outcome = tiny("turn", SAMPLE, "--json", prefix=prefix)
    assert outcome.code == 0, outcome.err
    assert outcome.document["reply"]


def test_without_models_it_says_what_to_type(tmp_path):
    outcome = tiny("ask", "hello", XDG_CACHE_HOME=str(tmp_path))
    outcome.assert_refused("is not on this machine", "voiceslm", "pull")
    assert list(tmp_path.rglob("*")) == []


def test_a_model_of_ones_own_is_taken_by_its_path(tiny_llm):
    outcome = tiny("ask", "What is the capital of France?", "--json", VOICESLM_LLM__MODEL=str(tiny_llm))
    assert outcome.document["models"]["llm"] == str(tiny_llm)
