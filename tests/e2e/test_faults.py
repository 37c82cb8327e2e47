"""Whatever may be missing, die or hang, in a whole process: who is there notices, and it recovers by itself.

Each test prints how long a fault and its end took to show (``pytest -rP``); docs/service.md has the table.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time

import numpy as np
import pytest

from tests.e2e.command import environment
from tests.e2e.faulty import Fault, Manager, Models, tell
from tests.e2e.house import light
from tests.e2e.pulse import opened_room
from tests.e2e.running import PATIENCE, Running, halves
from tests.home.broker import Broker, program
from voiceslm.conversation.live import NOT_UNDERSTOOD
from voiceslm.conversation.pipeline import NO_MODEL
from voiceslm.daemon.health import Part
from voiceslm.daemon.supervisor import NOTICES
from voiceslm.home.confirm import OFFLINE

pytestmark = [pytest.mark.models, pytest.mark.usefixtures("tiny_llm", "tiny_whisper", "joe")]

PASSWORD = "open sesame"

SOON = 20.0
"""Seconds: more than any of these faults takes to be noticed, or to be over, on a busy machine."""

STOP_SECONDS = 10.0
"""In which the service manager expects it to end."""

STORY = (
    "Once upon a time there was a lighthouse at the end of a long pier, and every evening its keeper climbed "
    "the stairs to light the lamp. One night a storm came up from the west, and the keeper did not sleep at "
    "all until the morning, when the last of the boats had come home to the harbour."
)


@pytest.fixture(scope="class")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("faults")


@pytest.fixture(scope="class")
def room():
    with opened_room() as room:
        yield room


@pytest.fixture(scope="class")
def broker(folder):
    """A broker that has not been started, and lets one user in."""
    passwords = folder / "passwords"
    tool = program("mosquitto_passwd")
    subprocess.run([tool, "-b", "-c", passwords, "voice", PASSWORD], check=True, capture_output=True)
    broker = Broker(folder, "allow_anonymous false", f"password_file {passwords}")
    yield broker
    broker.stop()


@pytest.fixture(scope="class")
def manager(folder):
    manager = Manager(folder / "notify")
    yield manager
    manager.close()


class Configuration:
    """The file that a process reads, and reads again."""

    def __init__(self, path, broker):
        self.path = path
        self._broker = broker
        self.write()

    def write(self, *, password=PASSWORD, more=""):
        """Write it, with ``more`` at its end."""
        self.path.write_text(
            '[listening]\nwake = "none"\n'
            f'[mqtt]\nhost = "127.0.0.1"\nport = {self._broker.port}\nkeepalive_seconds = 5\n'
            f'username = "voice"\npassword = "{password}"\n{more}\n'
        )


@pytest.fixture(scope="class")
def configuration(folder, broker):
    return Configuration(folder / "voiceslm.toml", broker)


@pytest.fixture(scope="class")
def models(folder):
    return Models(folder / "cache")


@pytest.fixture(scope="class")
def start(folder, room, manager, configuration, models):
    """Start the process; ends whatever was started."""
    started: list[Running] = []

    def start():
        env = environment(**room.env) | manager.env | models.env | {"STATE_DIRECTORY": str(folder / "state")}
        log = folder / f"run-{len(started)}.log"
        running = Running(env, log, "--show-transcripts", "--config", str(configuration.path))
        started.append(running)
        return running

    yield start
    for running in started:
        running.kill()


def asked(running, text):
    """Return the record of the answer to ``text``."""
    done = running.ask("ask", text, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def status(running):
    return json.loads(running.ask("status", "--json").stdout)


def ends(running, number=signal.SIGTERM):
    """Tell it to end; return its exit status and the seconds that it took."""
    began = time.monotonic()
    running.process.send_signal(number)
    code = running.process.wait(PATIENCE)
    return code, time.monotonic() - began


@pytest.fixture(scope="class")
def bare(start, room, models):
    """A process that finds nothing but the model that understands speech."""
    room.kill()
    models.put("stt")
    running = start()
    running.until("ready")
    return running


class TestWithoutSoundBrokerLanguageModelAndVoice:
    def test_it_is_ready_all_the_same_and_says_what_is_missing(self, bare, manager):
        for part in ("microphone", "loudspeaker", "broker", "llm", "voice", "turn"):
            bare.until(f"health: {part} degraded")
        assert manager.names("READY") == ["READY"]
        assert status(bare)["health"]["llm"]["why"] == "model smollm2-135m-instruct is not on this machine"

    def test_commands_are_answered(self, bare):
        assert asked(bare, "What day is it today?")["route_detail"] == "date"

    def test_what_is_wanted_of_a_home_that_cannot_be_reached_is_not_claimed_to_be_done(self, bare):
        answer = asked(bare, "Turn on the kitchen light.")
        assert (answer["route"], answer["reply"]) == ("refused", OFFLINE)

    def test_an_open_question_is_answered_with_an_excuse(self, bare):
        answer = asked(bare, "Who wrote Hamlet?")
        assert (answer["route"], answer["reply"]) == ("refused", NO_MODEL)

    def test_the_broker_is_connected_to_once_it_is_there(self, bare, broker):
        fault = Fault(bare, "no broker at the start")
        fault.passes(broker.start, "health: broker ok", within=60)

    def test_sound_is_used_once_it_is_there(self, bare, room):
        fault = Fault(bare, "no sound server at the start")
        fault.passes(room.start, "health: microphone ok", within=SOON)
        bare.until("health: loudspeaker ok")

    def test_a_missing_voice_is_a_tone_and_words_once_it_is_there(self, bare, room, models, understand):
        with room.record() as taken:
            asked(bare, "What day is it today?")
        tone = halves(taken)[1]
        assert np.abs(tone).max() > 0.01
        assert not understand(tone)
        fault = Fault(bare, "no voice at the start")
        fault.passes(lambda: models.put("voice"), "health: voice ok", within=SOON)
        with room.record() as taken:
            answer = asked(bare, "What day is it today?")
        weekday = answer["reply"].removeprefix("It's ").split(",")[0]
        assert weekday in understand(halves(taken)[1])  # after what it may just have been saying unasked

    def test_the_language_model_answers_once_it_is_there(self, bare, models):
        fault = Fault(bare, "no language model at the start")
        fault.passes(lambda: models.put("llm"), "health: llm ok", within=SOON)
        assert asked(bare, "Who wrote Hamlet?")["route"] == "chat"

    def test_the_end_is_told_and_takes_less_than_the_service_manager_allows(self, bare, manager):
        code, took = ends(bare)
        tell(f"told to end while it is awake: ends after {took:.1f} s")
        assert (code, took < STOP_SECONDS) == (0, True)
        assert manager.names("READY", "STOPPING") == ["READY", "STOPPING"]


@pytest.fixture(scope="class")
def deaf(start, models):
    """A process without the models that understand speech and hear its end."""
    models.put("llm", "voice")
    models.damage("turn")
    running = start()
    running.until("ready")
    running.until("sound: microphone")
    return running


class TestWithoutTheModelThatUnderstandsSpeech:
    def test_who_speaks_is_told_once_and_then_hears_a_tone(self, deaf, room, voice):
        room.play(voice("What time is it?"))
        since = deaf.until("said:", NOT_UNDERSTOOD)
        with room.record() as taken:
            room.play(voice("What time is it?")).wait(PATIENCE)
            deaf.until("trouble: speech cannot be understood", since=since)
            room.until_recorded(1.0)
        assert np.abs(halves(taken)[1]).max() > 0.01
        told = [line for line in deaf.lines if "can't understand speech" in line]
        assert len(told) == 1

    def test_speech_is_understood_once_it_is_there(self, deaf, room, models, voice):
        fault = Fault(deaf, "no speech model at the start")
        fault.passes(lambda: models.put("stt"), "health: stt ok", within=SOON)
        since = len(deaf.lines)
        room.play(voice("What time is it?"))
        deaf.until("skill time", "finished", since=since)

    def test_a_damaged_model_is_found_out_and_used_once_it_is_whole(self, deaf, models):
        deaf.until("health: turn degraded", "is damaged")
        fault = Fault(deaf, "a damaged turn model at the start")
        fault.passes(lambda: models.put("turn"), "health: turn ok", within=SOON)

    def test_a_sound_server_that_stands_still_does_not_hold_up_the_end(self, deaf, room):
        fault = Fault(deaf, "the sound server stands still until the end")
        fault.strikes(
            lambda: os.kill(room.pid, signal.SIGSTOP),
            "health: microphone degraded",
            within=SOON,
            passes=False,
        )
        code, took = ends(deaf)
        tell(f"told to end while the sound server stands still: ends after {took:.1f} s")
        assert (code, took < STOP_SECONDS) == (0, True)


@pytest.fixture(scope="class")
def whole(start, broker, configuration, models):
    """A process that lacks nothing but the right password."""
    broker.start()
    models.put("stt", "llm", "voice", "turn")
    configuration.write(password="wrong")
    running = start()
    running.until("ready")
    running.until("sound: microphone")
    return running


def publish(broker, topic, payload):
    """Let ``payload`` be retained at ``topic``."""
    who = ("-h", "127.0.0.1", "-p", str(broker.port), "-u", "voice", "-P", PASSWORD)
    subprocess.run([program("mosquitto_pub"), *who, "-r", "-t", topic, "-m", payload], check=True)


def reload(running):
    """Tell it to read its configuration again."""
    running.process.send_signal(signal.SIGHUP)


class TestALife:
    def test_a_wrong_password_is_mended_by_a_reload(self, whole, configuration, manager):
        whole.until("health: broker degraded")
        configuration.write()
        fault = Fault(whole, "a wrong password, corrected and reloaded")
        fault.passes(lambda: reload(whole), "home: connected to the broker", within=SOON)
        manager.until("READY", times=2)
        assert manager.names("READY", "RELOADING") == ["READY", "RELOADING", "READY"]
        assert "MONOTONIC_USEC" in " ".join(manager.told)

    def test_a_configuration_that_is_wrong_changes_nothing(self, whole, configuration, manager):
        configuration.write(more="[llm]\nmax_token = 7")
        fault = Fault(whole, "a wrong configuration is reloaded")
        fault.strikes(
            lambda: reload(whole), "trouble: the configuration stays as it was", within=SOON, passes=False
        )
        manager.until("READY", times=3)
        assert asked(whole, "What day is it today?")["route_detail"] == "date"

    def test_a_model_that_is_not_there_changes_nothing(self, whole, configuration):
        configuration.write(more='[llm]\nmodel = "/nonexistent/model.gguf"')
        fault = Fault(whole, "a configuration with a model that is not there is reloaded")
        fault.strikes(
            lambda: reload(whole), "trouble: the configuration stays as it was", within=SOON, passes=False
        )
        assert asked(whole, "Who wrote Hamlet?")["route"] == "chat"

    def test_a_lost_microphone_is_spoken_of_and_used_again(self, whole, room):
        fault = Fault(whole, "the microphone is lost")
        fault.strikes(lambda: room.unplug("microphone"), "health: microphone degraded", within=SOON)
        began = time.monotonic()
        whole.until("said:", NOTICES[Part.MICROPHONE])
        tell(f"the microphone is lost: spoken of {time.monotonic() - began:.1f} s later")
        fault.passes(lambda: room.plug_in("microphone"), "health: microphone ok", within=SOON)

    def test_a_loudspeaker_lost_in_the_middle_of_a_reply_says_the_rest_when_it_is_back(self, whole, room):
        speaking = whole.begin("say", STORY, "--json")
        whole.until("speaking", since=len(whole.lines))
        fault = Fault(whole, "the loudspeaker is lost in the middle of a reply")
        fault.strikes(lambda: room.unplug("loudspeaker"), "health: loudspeaker degraded", within=SOON)
        fault.passes(lambda: room.plug_in("loudspeaker"), "health: loudspeaker ok", within=SOON)
        with room.record() as taken:
            room.until_recorded(2.0)
        assert np.abs(halves(taken)[1]).max() > 0.01
        whole.ask("stop")
        assert json.loads(speaking.communicate(timeout=PATIENCE)[0])["ended"] == "interrupted"

    def test_a_sound_server_that_dies_is_used_again(self, whole, room):
        fault = Fault(whole, "the sound server dies")
        fault.strikes(room.kill, "health: microphone degraded", within=SOON)
        fault.passes(room.start, "health: microphone ok", within=SOON)

    def test_a_sound_server_that_stands_still_is_used_again(self, whole, room):
        fault = Fault(whole, "the sound server stands still")
        fault.strikes(lambda: os.kill(room.pid, signal.SIGSTOP), "health: microphone degraded", within=SOON)
        fault.passes(lambda: os.kill(room.pid, signal.SIGCONT), "health: microphone ok", within=SOON)

    def test_a_broker_that_stands_still_is_connected_to_again(self, whole, broker):
        fault = Fault(whole, "the broker stands still (keepalive_seconds = 5)")
        fault.strikes(broker.pause, "health: broker degraded", within=2 * SOON)
        fault.passes(broker.resume, "health: broker ok", within=2 * SOON)

    def test_a_broker_that_dies_is_spoken_of_when_it_is_needed_and_connected_to_again(self, whole, broker):
        for topic, message in light("Kitchen Light", "Kitchen", "kitchen_light").items():
            publish(broker, topic, json.dumps(message))
        deadline = time.monotonic() + PATIENCE
        while not status(whole)["home"]["entities"]:
            assert time.monotonic() < deadline
        fault = Fault(whole, "the broker dies")
        fault.strikes(broker.kill, "health: broker degraded", within=SOON)
        assert asked(whole, "Turn on the kitchen light.")["reply"] == OFFLINE
        fault.passes(broker.start, "health: broker ok", within=SOON)

    def test_a_process_that_stands_still_sends_no_sign_of_life(self, whole, manager):
        whole.process.send_signal(signal.SIGSTOP)
        stopped = time.monotonic() + 0.5
        time.sleep(2.5)  # nothing can tell that something does not come
        assert not manager.alive_since(stopped)
        whole.process.send_signal(signal.SIGCONT)
        manager.until("WATCHDOG", times=len(manager.names("WATCHDOG")) + 1)
        tell("the process stands still: no sign of life, so that the service manager starts it again")

    def test_a_second_one_is_refused(self, whole):
        second = whole.ask("run", "--profile", "tiny")
        assert second.returncode == 1
        assert second.stderr.startswith("error: voiceslm is already running")

    def test_killed_in_the_middle_of_a_turn_it_is_again_as_it_was(self, whole, start):
        asked(whole, "Set a timer for 20 minutes.")
        assert whole.ask("mute").returncode == 0
        whole.until("sound: microphone off: muted")
        speaking = whole.begin("say", STORY)
        whole.until("speaking", since=len(whole.lines))
        whole.kill()
        assert speaking.wait(PATIENCE) == 1
        began = time.monotonic()
        again = start()
        again.until("ready: muted")
        tell(f"killed in the middle of a turn: ready again after {time.monotonic() - began:.1f} s")
        assert status(again)["muted"] is True
        assert "minutes" in asked(again, "How much time is left on the timer?")["reply"]
        thinking = again.begin("ask", "Tell me a long story about a dragon.")
        again.until("thinking")
        code, took = ends(again)
        tell(f"told to end while it thinks: ends after {took:.1f} s")
        assert (code, took < STOP_SECONDS) == (0, True)
        assert thinking.wait(PATIENCE) == 1


def test_told_to_end_while_it_loads_it_does(start, manager, models):
    models.put("stt", "llm", "voice", "turn")
    running = start()
    manager.until("STATUS")
    code, took = ends(running)
    tell(f"told to end while it loads: ends after {took:.1f} s")
    assert (code, took < STOP_SECONDS) == (0, True)
    assert manager.names("READY", "STOPPING") == ["STOPPING"]


def test_without_any_model_it_does_not_start_and_says_why(start, models):
    running = start()
    began = time.monotonic()
    assert running.process.wait(PATIENCE) == 1
    tell(f"no model at all: ends after {time.monotonic() - began:.1f} s")
    errors = [line for line in running.lines if line.startswith("error: ")]
    assert errors == [
        "error: model whisper-tiny.en is not on this machine. Type: voiceslm models pull whisper-tiny.en"
    ]
    assert not any("Traceback" in line for line in running.lines)
