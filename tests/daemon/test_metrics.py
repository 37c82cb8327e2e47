"""The figures, as Prometheus' own parser reads them."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.daemon.records import record
from voiceslm import __version__
from voiceslm.audio.streams import Counters
from voiceslm.conversation.floor import Floor
from voiceslm.conversation.moves import Mode, Policy, State
from voiceslm.daemon.health import Health, Part
from voiceslm.daemon.metrics import MESSAGES, Metrics, Sources
from voiceslm.entities import Result
from voiceslm.events import Activity, Ended, Route, Stage
from voiceslm.listening.endpoint import Reason
from voiceslm.listening.gate import STEP
from voiceslm.metrics.stalls import Stalls

DOCS = Path(__file__).parents[2] / "docs" / "metrics.md"


def read(metrics):
    """Return sample -> value, a sample being its name and the values of its labels."""
    families = text_string_to_metric_families(metrics.text().decode())
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def heard(metrics, *states):
    for state in states:
        metrics.on_state(state)


def test_every_series_of_the_conversation_begins_at_zero():
    values = read(Metrics())

    for route in Route:
        for ended in Ended:
            assert values["voiceslm_turns_total", ended.value, route.value] == 0
    assert all(values["voiceslm_endpoints_total", reason.value] == 0 for reason in Reason)
    assert all(values["voiceslm_actions_total", result.value] == 0 for result in Result)
    assert all(values["voiceslm_stage_seconds_count", stage.value] == 0 for stage in Stage)
    assert values["voiceslm_troubles_total",] == values["voiceslm_false_wakes_total",] == 0


def test_a_turn_counts_by_route_and_end():
    metrics = Metrics()

    metrics.on_turn(record(route=Route.CHAT, ended=Ended.INTERRUPTED))
    metrics.on_turn(record(route=Route.SKILL))
    metrics.on_turn(record(route=Route.SKILL))

    values = read(metrics)
    assert values["voiceslm_turns_total", "interrupted", "chat"] == 1
    assert values["voiceslm_turns_total", "finished", "skill"] == 2


def test_a_spoken_turn_counts_by_the_reason_for_its_end():
    metrics = Metrics()

    metrics.on_turn(record(endpoint="command"))
    metrics.on_turn(record(endpoint=""))

    assert read(metrics)["voiceslm_endpoints_total", "command"] == 1


def test_the_stages_that_ran_are_timed_in_seconds():
    metrics = Metrics()

    metrics.on_turn(record(timings={Stage.STT: 240.0, Stage.FIRST_TOKEN: None, Stage.DONE: 12_000.0}))

    values = read(metrics)
    assert values["voiceslm_stage_seconds_sum", "stt"] == pytest.approx(0.24)
    assert values["voiceslm_stage_seconds_count", "first_token"] == 0
    assert values["voiceslm_stage_seconds_count", "done"] == 1


def test_a_stage_falls_into_its_bucket():
    metrics = Metrics()

    metrics.on_turn(record(timings={Stage.STT: 240.0}))

    buckets = {
        sample.labels["le"]: sample.value
        for family in text_string_to_metric_families(metrics.text().decode())
        for sample in family.samples
        if sample.name == "voiceslm_stage_seconds_bucket" and sample.labels["stage"] == "stt"
    }
    assert (buckets["0.2"], buckets["0.3"], buckets["+Inf"]) == (0, 1, 1)
    assert (min(buckets, key=float), sorted(buckets, key=float)[-2]) == ("0.02", "10.0")


def test_what_was_ready_before_the_end_of_the_input_counts_as_no_time():
    metrics = Metrics()

    metrics.on_turn(record(timings={Stage.STT: -80.0}))

    values = read(metrics)
    assert values["voiceslm_stage_seconds_sum", "stt"] == 0
    assert values["voiceslm_stage_seconds_count", "stt"] == 1


def test_voice_to_voice_is_of_spoken_turns_that_were_answered_aloud():
    metrics = Metrics()

    metrics.on_turn(record(endpoint="finished", timings={Stage.AUDIBLE: 800.0}))
    metrics.on_turn(record(endpoint="finished", timings={Stage.AUDIBLE: None}))
    metrics.on_turn(record(endpoint="", timings={Stage.AUDIBLE: 300.0}))

    values = read(metrics)
    assert values["voiceslm_voice_to_voice_seconds_count",] == 1
    assert values["voiceslm_voice_to_voice_seconds_sum",] == pytest.approx(0.8)


def test_actions_count_by_what_came_of_them_and_never_by_device():
    metrics = Metrics()

    metrics.on_turn(record(actions=("light.grandmas_lamp state=on done", "lock.door state=locked refused")))
    metrics.on_turn(record(actions=("light.grandmas_lamp state=off done",)))

    values = read(metrics)
    assert values["voiceslm_actions_total", "done"] == 2
    assert values["voiceslm_actions_total", "refused"] == 1
    assert b"grandma" not in metrics.text()


def test_a_word_from_outside_the_closed_sets_becomes_no_label():
    metrics = Metrics()

    metrics.on_turn(record(endpoint="said by grandma", actions=("grandma",)))

    values = read(metrics)
    assert values["voiceslm_endpoints_total", "other"] == values["voiceslm_actions_total", "other"] == 1
    assert b"grandma" not in metrics.text()


def test_no_words_of_a_turn_and_no_detail_of_its_route_are_exported():
    metrics = Metrics()

    metrics.on_turn(record(transcript="call grandma", reply="grandma it is", route_detail="grandma"))
    metrics.on_trouble("grandma")

    assert b"grandma" not in metrics.text()


def test_a_trouble_counts():
    metrics = Metrics()

    metrics.on_trouble("turn 3: the voice did not finish")

    assert read(metrics)["voiceslm_troubles_total",] == 1


@pytest.mark.parametrize(
    "states",
    [
        (State.AWAKE, State.ASLEEP),
        (State.AWAKE, State.HEARING, State.AWAKE, State.ASLEEP),
        (State.AWAKE, State.HEARING, State.ASLEEP),
    ],
)
def test_a_call_that_no_turn_follows_is_a_false_wake(states):
    metrics = Metrics()

    heard(metrics, *states)

    assert read(metrics)["voiceslm_false_wakes_total",] == 1


def test_a_call_that_a_turn_follows_is_none():
    metrics = Metrics()

    heard(metrics, State.AWAKE, State.HEARING, State.THINKING, State.SPEAKING)
    metrics.on_turn(record())
    heard(metrics, State.AWAKE, State.ASLEEP)

    assert read(metrics)["voiceslm_false_wakes_total",] == 0


def test_the_silence_after_something_said_unasked_is_none():
    metrics = Metrics()

    heard(metrics, State.THINKING, State.SPEAKING)
    metrics.on_turn(record(endpoint=""))
    heard(metrics, State.AWAKE, State.ASLEEP)

    assert read(metrics)["voiceslm_false_wakes_total",] == 0


@pytest.mark.parametrize(("mode", "false_wakes"), [(Mode.WAKE, 1), (Mode.OPEN, 0)])
def test_a_wake_word_in_a_quiet_room_is_a_false_wake_where_one_is_needed(mode, false_wakes):
    metrics, floor = Metrics(), Floor(Policy(mode))
    metrics.on_state(floor.state)

    floor.wake(1.0, 1.0)
    metrics.on_state(floor.state)
    for step in range(300):
        floor.hear(Activity(1.0 + step * STEP, 0.0, -60.0, -60.0))
        metrics.on_state(floor.state)

    assert read(metrics)["voiceslm_false_wakes_total",] == false_wakes


def test_a_key_that_is_only_tapped_is_a_false_wake():
    metrics, floor = Metrics(), Floor(Policy(Mode.KEY))

    floor.press(1.0)
    metrics.on_state(floor.state)
    floor.release()
    metrics.on_state(floor.state)

    assert read(metrics)["voiceslm_false_wakes_total",] == 1


def test_false_wakes_add_up():
    metrics = Metrics()

    heard(metrics, *2 * (State.AWAKE, State.ASLEEP))

    assert read(metrics)["voiceslm_false_wakes_total",] == 2


def test_each_part_is_well_or_not_at_the_moment_of_the_scrape():
    health = Health(lambda: datetime.now(UTC))
    metrics = Metrics(Sources(health=lambda: health.conditions))

    health.take({Part.MICROPHONE: "it is gone", Part.BROKER: ""})
    before = read(metrics)
    health.take({Part.MICROPHONE: "", Part.BROKER: ""})

    assert (before["voiceslm_part_ok", "microphone"], before["voiceslm_part_ok", "broker"]) == (0, 1)
    assert read(metrics)["voiceslm_part_ok", "microphone"] == 1


def test_lost_sound_is_counted_by_how():
    counters = Counters(frames=900, overflows=1, underflows=2, dropped=3, slips=4)

    values = read(Metrics(Sources(sound=lambda: counters)))

    assert values["voiceslm_sound_frames_total",] == 900
    lost = [values["voiceslm_xruns_total", kind] for kind in ("overflows", "underflows", "dropped", "slips")]
    assert lost == [1, 2, 3, 4]


def test_the_broker_is_told_of():
    status = {"connected": True, "broker": "grandma:1883", "received": 7, "published": 5, "connections": 3}

    metrics = Metrics(Sources(broker=lambda: status))

    values = read(metrics)
    assert values["voiceslm_broker_connected",] == 1
    assert values["voiceslm_broker_connections_total",] == 3
    assert values["voiceslm_broker_messages_total", "received"] == 7
    assert values["voiceslm_broker_messages_total", "published"] == 5
    assert b"grandma" not in metrics.text()


def test_each_workers_queue_has_a_depth():
    values = read(Metrics(Sources(queues=lambda: {"stt": 2, "llm": 0})))

    assert (values["voiceslm_queue_depth", "stt"], values["voiceslm_queue_depth", "llm"]) == (2, 0)


def test_the_lag_of_the_loop_is_the_longest_since_the_last_scrape():
    stalls = Stalls(longest_ms=250.0)
    metrics = Metrics(Sources(stalls=stalls))

    assert read(metrics)["voiceslm_loop_lag_seconds",] == pytest.approx(0.25)
    assert read(metrics)["voiceslm_loop_lag_seconds",] == 0


def test_the_process_is_measured(tmp_path):
    metrics = Metrics()
    before = read(metrics)
    with (tmp_path / "file").open("w"):
        opened = read(metrics)

    assert before["voiceslm_memory_resident_bytes",] > 10e6
    assert before["voiceslm_threads",] >= 1
    assert opened["voiceslm_open_fds",] == before["voiceslm_open_fds",] + 1


def test_the_time_since_the_start_is_that_of_the_clock():
    now = [100.0]
    metrics = Metrics(clock=lambda: now[0])

    now[0] = 160.5

    assert read(metrics)["voiceslm_uptime_seconds",] == 60.5


def test_the_version_is_told():
    assert read(Metrics())["voiceslm_info", __version__] == 1


def test_two_of_them_share_nothing():
    one, other = Metrics(), Metrics()

    one.on_trouble("")

    assert read(other)["voiceslm_troubles_total",] == 0


def test_sources_may_come_later():
    metrics = Metrics()
    assert ("voiceslm_queue_depth", "stt") not in read(metrics)

    metrics.sources = Sources(queues=lambda: {"stt": 1})

    assert read(metrics)["voiceslm_queue_depth", "stt"] == 1


def test_the_documentation_names_every_figure_and_every_label():
    text = DOCS.read_text(encoding="utf-8")
    metrics = Metrics(
        Sources(
            health=dict,
            sound=Counters,
            broker=lambda: {"connections": 0} | dict.fromkeys(MESSAGES, 0),
            queues=dict,
            stalls=Stalls(),
        )
    )

    families = [*text_string_to_metric_families(metrics.text().decode())]

    for family in families:
        name = f"{family.name}_total" if family.type == "counter" else family.name
        assert f"`{name}" in text, name
        for sample in family.samples:
            for label in {*sample.labels.values()} - {sample.labels.get("le"), __version__}:
                assert f"`{label}`" in text, (name, label)
    for part in Part:
        assert f"`{part.value}`" in text, part


def test_the_text_is_made_fast_enough_for_the_event_loop():
    health = Health(lambda: datetime.now(UTC))
    health.take(dict.fromkeys(Part, ""))
    metrics = Metrics(
        Sources(health=lambda: health.conditions, sound=Counters, queues=lambda: {"stt": 0, "llm": 0})
    )

    took = []
    for _ in range(20):
        began = time.perf_counter()
        metrics.text()
        took.append(time.perf_counter() - began)

    assert min(took) < 0.005
