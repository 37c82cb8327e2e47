"""`voiceslm distil`, as it is typed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from tests.tuning.distil.server import Answer, serving
from voiceslm.tuning import Example
from voiceslm.tuning.distil.book import read_about

PATIENCE = 60.0
ANIMALS = "Why do cats purr?\nHow long do elephants live?\nWhich bird flies fastest?"
"""Questions that nothing known answers, whatever was asked for."""


def environment(tmp_path, **settings):
    """Return an environment in which nothing is configured but ``settings``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VOICESLM_")}
    named = {f"VOICESLM_TEACHER__{name.upper()}": value for name, value in settings.items()}
    return {**kept, **named, "XDG_CONFIG_HOME": str(tmp_path / "config")}


def distil(tmp_path, *options, **settings):
    return subprocess.run(
        [sys.executable, "-m", "voiceslm", "distil", *options],
        cwd=tmp_path,
        env=environment(tmp_path, **settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.fixture
def notes(tmp_path):
    file = tmp_path / "notes.md"
    file.write_text("# Sauna\n\nThe sauna costs 14 euros. Bring two towels.\n", "utf-8")
    return str(file)


def test_without_a_home_and_documents_there_is_nothing_to_learn(tmp_path):
    done = distil(tmp_path)
    assert done.returncode == 1
    assert "there is nothing to learn" in done.stderr
    assert "--sample 30" in done.stderr


@pytest.mark.parametrize(
    ("options", "may_see", "missing"),
    [
        (["--sample", "3"], "", "home"),
        (["--sample", "3"], "knowledge", "home"),
        (["--knowledge", "notes.md"], "home", "knowledge"),
        (["--sample", "3", "--knowledge", "notes.md"], "home", "knowledge"),
    ],
)
def test_nothing_is_sent_that_is_not_listed(options, may_see, missing, tmp_path, notes):
    with serving(Answer(ANIMALS)) as server:
        done = distil(tmp_path, *options, url=server.url, may_see=may_see)
        assert server.requests == []
    assert done.returncode == 1
    assert missing in done.stderr
    assert "may_see = [" in done.stderr


def test_nothing_is_sent_to_an_address_that_is_only_typed(tmp_path, notes):
    with serving(Answer(ANIMALS)) as server, serving(Answer(ANIMALS)) as listed:
        for settings in ({"may_see": "knowledge"}, {"url": listed.url, "may_see": "knowledge"}):
            done = distil(tmp_path, "--knowledge", notes, "--teacher", server.url, **settings)
            assert done.returncode == 1
            assert "it is not listed" in done.stderr
        assert server.requests == listed.requests == []


def test_what_a_server_writes_is_kept_with_its_terms_and_gone_on_with(tmp_path, notes):
    options = ["--knowledge", notes, "--out", "got.jsonl"]
    with serving(Answer(ANIMALS)) as server:
        settings = {
            "url": server.url,
            "model": "large",
            "may_see": "knowledge",
            "licence": "MIT",
            "key": "s3cret",
        }
        done = distil(tmp_path, *options, "--count", "2", **settings)
        assert done.returncode == 0, done.stderr
        assert "2 examples in got.jsonl" in done.stdout
        assert "taught by large at 127.0.0.1; terms: MIT" in done.stdout
        assert server.requests[0][1]["authorization"] == "Bearer s3cret"
        again = distil(tmp_path, *options, "--count", "3", "--json", **settings)
    assert json.loads(again.stdout)["examples"] == 3
    lines = (tmp_path / "got.jsonl").read_text("utf-8").splitlines()
    assert len({Example.of(json.loads(line)).messages for line in lines}) == 3
    about = read_about(tmp_path / "got.jsonl")
    assert (about.teacher, about.licence) == ("large at 127.0.0.1", "MIT")
    assert "s3cret" not in (tmp_path / "got.about.json").read_text("utf-8") + done.stdout + done.stderr


def test_a_server_that_fails_ends_it_with_the_table_and_what_there_is(tmp_path, notes):
    with serving(Answer(body=b"<html>")) as server:
        done = distil(tmp_path, "--knowledge", notes, url=server.url, may_see="knowledge")
    assert done.returncode == 1
    assert "no answer 3 times in a row: not JSON" in done.stderr
    assert "no answer, not JSON: 3" in done.stdout


def test_ctrl_c_keeps_what_there_is_and_shows_the_table(tmp_path, notes):
    path = tmp_path / "got.jsonl"
    with serving(Answer(ANIMALS), Answer(ANIMALS), Answer(ANIMALS, after=PATIENCE)) as server:
        running = subprocess.Popen(
            [sys.executable, "-m", "voiceslm", "distil", "--knowledge", notes, "--out", str(path)],
            env=environment(tmp_path, url=server.url, may_see="knowledge"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert server.wait_for(3, PATIENCE)
        running.send_signal(signal.SIGINT)
        said, fault = running.communicate(timeout=PATIENCE)
    assert running.returncode == 130, fault
    assert "examples in" in said
    assert read_about(path).examples == len(path.read_text("utf-8").splitlines())


@pytest.mark.models
@pytest.mark.usefixtures("tiny_llm")
def test_a_made_up_home_is_taught_by_a_local_model(tmp_path):
    done = distil(
        tmp_path, "--sample", "4", "--teacher", "smollm2-135m-instruct", "--minutes", "0.1", "--json"
    )
    about = json.loads(done.stdout)
    assert about["teacher"] == "smollm2-135m-instruct"
    assert about["licence"] == "Apache-2.0"
    assert about["accepted"] or about["rejected"]
