"""Where and how entries are written: to people, to machines, to a socket that stands for systemd's journal."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import socket
import struct
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.daemon.records import Kept
from voiceslm.daemon.logs import (
    Entry,
    Journal,
    JsonLines,
    Level,
    Lines,
    datagram,
    described,
    taking_over,
    writer,
)
from voiceslm.errors import Problem
from voiceslm.worker import WorkerError

TURN = Entry("turn", "turn 1: skill time, finished", {"turn": 1, "route": "skill"})


@pytest.fixture
def kept():
    return Kept()


@pytest.fixture
def journal(tmp_path):
    """A socket as systemd's journal has one."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "journal"))
        listener.settimeout(10)
        yield listener


@pytest.fixture
def output(tmp_path):
    with (tmp_path / "output").open("w+") as output:
        yield output


def stream_of(output):
    status = os.fstat(output.fileno())
    return {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}


def written(output):
    output.seek(0)
    return output.read().splitlines()


def parsed(data):
    """Return the fields of a datagram, read as the protocol's description says."""
    fields = {}
    while data:
        line, _, data = data.partition(b"\n")
        name, equals, value = line.partition(b"=")
        if not equals:
            (length,) = struct.unpack("<Q", data[:8])
            value, end, data = data[8 : 8 + length], data[8 + length : 9 + length], data[9 + length :]
            assert end == b"\n"
        fields[name.decode()] = value.decode()
    return fields


# For people


def test_people_get_the_message_and_the_time_of_day():
    stream = io.StringIO()

    Lines(stream, timed=True).write(TURN)

    assert re.fullmatch(r"\d\d:\d\d:\d\d turn 1: skill time, finished\n", stream.getvalue())


def test_without_the_time_it_is_the_message_alone():
    stream = io.StringIO()

    Lines(stream, timed=False).write(TURN)

    assert stream.getvalue() == "turn 1: skill time, finished\n"


def test_an_entry_is_one_line_and_no_command_to_the_terminal():
    stream = io.StringIO()

    Lines(stream, timed=False).write(Entry("home", "home: \x1b[2Jlamp\nready: no\udcff"))

    assert stream.getvalue() == "home:  [2Jlamp ready: no \n"


def test_lines_of_many_threads_stay_whole(output):
    lines = Lines(output, timed=False)
    texts = [letter * 2000 for letter in "abcdefgh"]

    def write(text):
        for _ in range(50):
            lines.write(Entry("x", text))

    threads = [threading.Thread(target=write, args=[text]) for text in texts]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(written(output)) == sorted(texts * 50)


# For machines


def test_machines_get_a_json_object_a_line():
    stream = io.StringIO()
    lines = JsonLines(stream)

    lines.write(TURN)
    lines.write(Entry("trouble", "trouble: two\nlines, ümlaut", level=Level.WARNING))

    turn, trouble = map(json.loads, stream.getvalue().splitlines())
    assert {**turn, "time": ""} == {
        "time": "",
        "level": "info",
        "kind": "turn",
        "message": "turn 1: skill time, finished",
        "fields": {"turn": 1, "route": "skill"},
    }
    assert trouble["message"] == "trouble: two\nlines, ümlaut"
    assert trouble["level"] == "warning"


def test_their_time_has_its_zone():
    stream = io.StringIO()

    JsonLines(stream).write(TURN)

    time = datetime.fromisoformat(json.loads(stream.getvalue())["time"])
    assert abs(datetime.now(UTC) - time) < timedelta(seconds=10)


# For the journal


def test_the_journal_gets_a_field_for_each_figure(journal, kept):
    Journal(Path(journal.getsockname()), kept).write(TURN)

    assert parsed(journal.recv(65536)) == {
        "MESSAGE": "turn 1: skill time, finished",
        "PRIORITY": "6",
        "SYSLOG_IDENTIFIER": "voiceslm",
        "VOICESLM_KIND": "turn",
        "VOICESLM_TURN": "1",
        "VOICESLM_ROUTE": "skill",
    }
    assert kept.entries == []


@pytest.mark.parametrize(("level", "priority"), [("info", "6"), ("warning", "4"), ("error", "3")])
def test_the_level_is_syslogs_priority(level, priority):
    assert parsed(datagram(Entry("x", "y", level=Level(level))))["PRIORITY"] == priority


def test_a_value_of_several_lines_cannot_become_a_field_of_its_own():
    fields = parsed(datagram(Entry("said", "said: hi\nPRIORITY=0\n", {"why": "\n_UID=0"})))

    assert fields["MESSAGE"] == "said: hi\nPRIORITY=0\n"
    assert (fields["PRIORITY"], fields["VOICESLM_WHY"]) == ("6", "\n_UID=0")
    assert "_UID" not in fields


def test_a_journal_that_has_gone_leaves_the_lines(journal, kept):
    target = Journal(Path(journal.getsockname()), kept)
    journal.close()

    target.write(TURN)

    assert kept.entries == [TURN]


def test_an_entry_too_long_for_the_journal_becomes_a_line(journal, kept):
    entry = Entry("said", "x" * 10_000_000)

    Journal(Path(journal.getsockname()), kept).write(entry)

    assert kept.entries == [entry]


def test_nobody_waits_for_a_journal_that_is_behind(journal, kept):
    target = Journal(Path(journal.getsockname()), kept)
    journal.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)

    for _ in range(2000):
        target.write(TURN)

    assert kept.entries == []
    assert parsed(journal.recv(65536))["VOICESLM_KIND"] == "turn"


# Which of them


def test_auto_is_the_journal_where_the_output_leads_there(output, journal):
    target = writer("auto", output, environ=stream_of(output), journal=Path(journal.getsockname()))

    target.write(TURN)

    assert parsed(journal.recv(65536))["VOICESLM_TURN"] == "1"
    assert written(output) == []


@pytest.mark.parametrize("environ", [{}, {"JOURNAL_STREAM": "1:2"}, {"JOURNAL_STREAM": "nonsense"}])
def test_auto_is_lines_for_people_where_it_does_not(output, journal, environ):
    writer("auto", output, environ=environ, journal=Path(journal.getsockname())).write(TURN)

    assert re.fullmatch(r"\d\d:\d\d:\d\d turn 1: .*", written(output)[0])


def test_an_output_without_a_file_does_not_lead_to_the_journal(journal):
    stream = io.StringIO()

    writer("auto", stream, environ={"JOURNAL_STREAM": "1:2"}, journal=Path(journal.getsockname())).write(TURN)

    assert "turn 1" in stream.getvalue()


def test_lines_that_the_journal_keeps_have_no_time_of_their_own(output, journal):
    writer("human", output, environ=stream_of(output), journal=Path(journal.getsockname())).write(TURN)

    assert written(output) == ["turn 1: skill time, finished"]


def test_the_journal_can_be_asked_for(output, journal):
    writer("journal", output, environ={}, journal=Path(journal.getsockname())).write(TURN)

    assert parsed(journal.recv(65536))["VOICESLM_TURN"] == "1"


@pytest.mark.parametrize("form", ["auto", "journal"])
def test_without_the_journals_socket_there_are_lines(form, output, tmp_path):
    writer(form, output, environ=stream_of(output), journal=tmp_path / "none").write(TURN)

    assert written(output) == ["turn 1: skill time, finished"]


def test_json_stays_json_under_the_journal(output, journal):
    writer("json", output, environ=stream_of(output), journal=Path(journal.getsockname())).write(TURN)

    assert json.loads(written(output)[0])["kind"] == "turn"


# What libraries and threads say


def test_our_own_warnings_are_entries(kept):
    with taking_over(kept):
        logging.getLogger("voiceslm.skills.store").warning("cannot write %s", "timers.json")

    (entry,) = kept.entries
    assert (entry.kind, entry.level) == ("log", Level.WARNING)
    assert entry.message == "voiceslm.skills.store: cannot write timers.json"
    assert entry.fields["logger"] == "voiceslm.skills.store"


def test_what_a_library_puts_into_its_warning_is_left_out(kept):
    with taking_over(kept):
        logging.getLogger("some.library").warning("no phoneme for %r", "grandma")

    assert kept.entries[0].message == "some.library: no phoneme for %r"


def test_of_a_warning_that_may_have_been_put_together_only_the_place_is_told(kept):
    words = "grandma"
    with taking_over(kept):
        logging.getLogger("some.library").error(f"cannot say {words}")  # noqa: G004 - as libraries do

    (entry,) = kept.entries
    assert re.fullmatch(r"some\.library: test_logs\.py, line \d+", entry.message)
    assert entry.level is Level.ERROR


def test_of_an_unknown_exception_only_type_and_place_are_told(kept):
    with taking_over(kept):
        try:
            int("call grandma")
        except ValueError:
            logging.getLogger("voiceslm.x").exception("it failed")

    assert re.fullmatch(
        r"voiceslm\.x: it failed: ValueError in test_logs\.py, line \d+", kept.entries[0].message
    )


def test_less_than_a_warning_is_not_told(kept):
    with taking_over(kept):
        logging.getLogger("some.library").info("heard")

    assert kept.entries == []


def test_what_a_thread_dies_of_is_told_without_its_words(kept, capfd):
    def die():
        raise KeyError("grandma")

    with taking_over(kept):
        thread = threading.Thread(target=die)
        thread.start()
        thread.join()

    (entry,) = kept.entries
    assert re.fullmatch(r"thread: KeyError in test_logs\.py, line \d+", entry.message)
    assert "grandma" not in "".join(capfd.readouterr())


def test_afterwards_everything_is_as_it_was(kept):
    handlers, hook = [*logging.getLogger().handlers], threading.excepthook

    with taking_over(kept):
        pass
    logging.getLogger("some.library").warning("late")

    assert (logging.getLogger().handlers, threading.excepthook) == (handlers, hook)
    assert kept.entries == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Problem("the disk is full", "Make room"), "the disk is full. Make room"),
        (WorkerError("stt is closed"), "stt is closed"),
        (ValueError("call grandma"), "ValueError"),
    ],
)
def test_an_error_is_described_in_our_own_words_alone(error, words):
    assert described(error) == words
