"""``voiceslm doctor``: what a person sees of it."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from tests.e2e.command import voiceslm
from voiceslm.cli.app import app
from voiceslm.daemon.doctor.finding import Finding, advice, broken, ok


@pytest.fixture
def found(monkeypatch):
    """Let the checks find what a test puts into this list."""
    findings: list[Finding] = []
    monkeypatch.setattr("voiceslm.cli.doctor.examine", lambda _: iter(findings))
    return findings


def run(*options):
    return CliRunner().invoke(app, ["doctor", *options])


def test_findings_are_grouped_and_say_why_and_what_mends_them(found):
    found += [
        ok("sound.microphone", "the microphone works"),
        advice("sound.level", "it is loud", "the level is too high", "Lower it: alsamixer"),
        broken("broker.login", "the broker [a] refuses", "wrong password", "Correct mqtt.password"),
    ]
    assert run().stdout == (
        "sound\n"
        "  ✓ the microphone works\n"
        "  ! it is loud\n"
        "    why: the level is too high\n"
        "    mend: Lower it: alsamixer\n"
        "broker\n"
        "  ✗ the broker [a] refuses\n"
        "    why: wrong password\n"
        "    mend: Correct mqtt.password\n"
        "\n"
        "1 broken, 1 worth knowing (!)\n"
    )


def test_what_is_broken_is_told_by_the_exit_code_alone(found):
    found += [broken("a.b", "it is broken", "", "")]
    done = run()
    assert done.exit_code == 1
    assert "error" not in done.output


def test_advice_is_no_failure(found):
    found += [advice("a.b", "it is odd", "", "")]
    done = run()
    assert done.exit_code == 0
    assert done.stdout.endswith("\nnothing is broken, 1 worth knowing (!)\n")


def test_machines_get_one_document(found):
    found += [ok("a.b", "fine")]
    assert json.loads(run("--json").stdout) == {
        "version": 1,
        "findings": [{"check": "a.b", "level": "ok", "what": "fine", "cause": "", "mend": ""}],
        "broken": 0,
    }


@pytest.mark.models
@pytest.mark.usefixtures("tiny_llm", "tiny_whisper", "joe")
def test_each_engine_is_measured_on_this_machine(tmp_path):
    outcome = voiceslm("doctor", "--profile", "tiny", XDG_CONFIG_HOME=str(tmp_path))
    assert outcome.code in (0, 1), outcome.err
    assert outcome.err == ""
    for words in ("the voice computes", "speech recognition computes", "the language model reads"):
        assert words in outcome.out
    assert "to the first sound" in outcome.out or "begins about" in outcome.out
