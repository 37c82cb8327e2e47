"""A teacher behind a server, on a real one that does what servers do."""

from __future__ import annotations

import json
import socket

import pytest

from tests.tuning.distil.server import Answer, serving
from voiceslm.errors import Problem
from voiceslm.llm import Message
from voiceslm.tuning.distil.remote import ATTEMPTS, LARGEST_BYTES, LONGEST_TEXT, RemoteTeacher, endpoint
from voiceslm.tuning.distil.teacher import NoAnswer

ASKED = [Message("system", "Write."), Message("user", "Say it in other words.")]


class Pauses:
    """Sleeps no time, and remembers how much."""

    def __init__(self):
        self.seconds = []

    def __call__(self, seconds):
        self.seconds.append(seconds)


def ask(server, *, deadline=5.0, pauses=None, key=""):
    with RemoteTeacher(server.url, model="large", key=key, sleep=pauses or Pauses()) as teacher:
        return teacher.complete(ASKED, max_tokens=64, deadline=deadline)


def test_it_is_asked_as_openai_is_and_its_text_comes_back():
    with serving(Answer("lamp off\nkill the lamp")) as server:
        assert ask(server, key="s3cret") == "lamp off\nkill the lamp"
    ((path, headers, body),) = server.requests
    assert path == "/v1/chat/completions"
    assert headers["authorization"] == "Bearer s3cret"
    assert body["model"] == "large"
    assert body["max_tokens"] == 64
    assert body["messages"] == [
        {"role": "system", "content": "Write."},
        {"role": "user", "content": "Say it in other words."},
    ]


def test_without_a_key_none_is_sent():
    with serving(Answer("yes")) as server:
        ask(server)
    assert "authorization" not in server.requests[0][1]


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_an_overloaded_server_is_asked_again_after_a_growing_pause(status):
    pauses = Pauses()
    with serving(Answer(status=status), Answer(status=status), Answer("at last")) as server:
        assert ask(server, pauses=pauses, deadline=60) == "at last"
    assert pauses.seconds == [1.0, 2.0]


def test_it_waits_as_long_as_the_server_asks_for():
    pauses = Pauses()
    with serving(Answer(status=429, headers={"Retry-After": "7"}), Answer("now")) as server:
        assert ask(server, pauses=pauses, deadline=60) == "now"
    assert pauses.seconds == [7.0]


@pytest.mark.parametrize("after", ["-3", "nan", "inf", "tomorrow", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_a_senseless_wish_to_wait_is_none(after):
    pauses = Pauses()
    with serving(Answer(status=429, headers={"Retry-After": after}), Answer("now")) as server:
        ask(server, pauses=pauses)
    assert pauses.seconds == [1.0]


def test_a_longer_pause_than_there_is_time_for_is_not_waited():
    pauses = Pauses()
    with serving(Answer(status=429, headers={"Retry-After": "20"})) as server, pytest.raises(NoAnswer):
        ask(server, pauses=pauses, deadline=5)
    assert pauses.seconds == []


def test_it_gives_up_after_some_attempts():
    with serving(Answer(status=503)) as server, pytest.raises(NoAnswer, match="status 503"):
        ask(server, deadline=60)
    assert len(server.requests) == ATTEMPTS


def test_a_silent_server_is_given_up_at_the_deadline():
    with serving(Answer("late", after=5)) as server, pytest.raises(NoAnswer, match="not in time"):
        ask(server, deadline=0.2)


def test_a_server_that_drips_is_given_up_at_the_deadline():
    with serving(Answer("a" * 500, drip=0.05)) as server, pytest.raises(NoAnswer, match="not in time"):
        ask(server, deadline=0.3)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<html>hello</html>", "not JSON"),
        (b"", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"{}", "no answer"),
        (b"[]", "no answer"),
        (b'"text"', "no answer"),
        (b'{"choices": []}', "no answer"),
        (b'{"choices": [{"message": {"content": null}}]}', "no text"),
        (b'{"choices": [{"message": {"content": [{"type": "text"}]}}]}', "no text"),
        (b'{"choices": [{"message": {"content": " \\n "}}]}', "empty"),
        (json.dumps({"choices": [{"message": {"content": "a" * (LONGEST_TEXT + 1)}}]}).encode(), "too long"),
        (b" " * (LARGEST_BYTES + 1), "too long"),
    ],
)
def test_what_is_no_answer_is_told_apart_and_not_asked_again(body, why):
    with serving(Answer(body=body)) as server, pytest.raises(NoAnswer, match=why):
        ask(server)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [401, 403])
def test_a_server_that_does_not_let_us_is_not_asked_again(status):
    with serving(Answer(status=status)) as server, pytest.raises(Problem, match="does not let us") as caught:
        ask(server, key="s3cret")
    assert len(server.requests) == 1
    assert "s3cret" not in str(caught.value)


def test_a_wrong_address_is_told():
    with serving(Answer(status=404)) as server, pytest.raises(Problem, match="most addresses end in /v1"):
        ask(server)


def test_nothing_is_sent_where_a_server_redirects_to():
    with (
        serving(Answer("mine now")) as other,
        serving(Answer(status=307, headers={"Location": f"{other.url}/chat/completions"})) as server,
        pytest.raises(NoAnswer, match="status 307"),
    ):
        ask(server)
    assert other.requests == []


def test_nobody_there_is_no_connection():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    teacher = RemoteTeacher(f"http://127.0.0.1:{port}/v1", model="", sleep=Pauses())
    with teacher, pytest.raises(NoAnswer, match="no connection"):
        teacher.complete(ASKED, max_tokens=8, deadline=30)


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("http://box:8080/v1", "http://box:8080/v1/chat/completions"),
        ("https://box/v1/", "https://box/v1/chat/completions"),
        ("https://box/v1/chat/completions", "https://box/v1/chat/completions"),
        ("http://[::1]:9/v1", "http://[::1]:9/v1/chat/completions"),
    ],
)
def test_an_address_is_where_questions_go(url, asked):
    assert str(endpoint(url)) == asked


@pytest.mark.parametrize(
    "url", ["", "box", "ftp://box", "http://", "file:///etc", "http://me:pw@box/v1", "http://[::1"]
)
def test_what_is_no_address_is_refused_and_not_repeated(url):
    with pytest.raises(Problem, match="address") as caught:
        endpoint(url)
    assert "pw" not in str(caught.value)
