"""The bench of the home: what it counts as right, what it says of it, and its parts in small homes."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from voiceslm.bench.home import speed as speed_part
from voiceslm.bench.home.broker import broker
from voiceslm.bench.home.commands import commands
from voiceslm.bench.home.part import Bench, Part
from voiceslm.bench.home.products import products
from voiceslm.bench.home.report import Report
from voiceslm.bench.home.requests import requests
from voiceslm.bench.home.run import PARTS, run
from voiceslm.bench.home.sampled import sample_home
from voiceslm.bench.home.sentences import Miss
from voiceslm.bench.home.strangers import strangers
from voiceslm.bench.home.understood import sentences
from voiceslm.bench.live.rows import Sheet, Target
from voiceslm.config import Settings
from voiceslm.errors import Problem

TINY = Settings(profile="tiny")

INVENTORY = """
areas:
  - {name: Kitchen, id: kitchen, floor: Ground}
devices:
  - {name: Kitchen Light, id: kl, area: kitchen}
  - {name: Front Door, id: fd, area: kitchen}
  - {name: Personal Tasks, id: pt}
entities:
  - {name: Kitchen Light, id: light.kitchen_light, area: kitchen, device: kl, state: "off"}
  - {name: Front Door, id: lock.front_door, area: kitchen, device: fd, state: locked}
  - {name: Personal Tasks, id: todo.personal_tasks, device: pt}
"""


@pytest.fixture
async def address():
    try:
        async with broker() as running:
            yield running
    except Problem as problem:
        pytest.skip(str(problem))


@pytest.fixture
def data(tmp_path):
    """A folder to which a test writes what it needs."""
    for name in ("text", "mqtt"):
        (tmp_path / name).mkdir()
    return tmp_path


def write(path, lines):
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def value(part, measure):
    return next(row.value for row in part.rows if row.measure == measure)


# What is said of it


REPORT = Report(
    {"llm": "a-model"},
    quick=True,
    parts={
        "one": Part(
            (
                Sheet("one").share("done", [True, False], Target(75.0, at_least=True)),
                Sheet("one").figure("wrong", 0, 2, "", Target(0.0)),
                Sheet("one").quantile("time, p50", [], 50, "ms"),
            ),
            misses=(Miss("turn on the *light*", "HassTurnOn", "nothing"),),
            counts=("lights: 1 of 2",),
        )
    },
)


def test_the_table_has_a_verdict_beside_each_row_that_has_a_target():
    shown = io.StringIO()
    Console(file=shown, width=200).print(REPORT.table())
    lines = shown.getvalue().splitlines()

    assert "missed" in next(line for line in lines if "done" in line)
    assert "≥ 75 %" in next(line for line in lines if "done" in line)
    assert "met" in next(line for line in lines if "wrong" in line)
    assert not {"met", "missed"} & set(next(line for line in lines if "time" in line).split())


def test_below_the_table_every_miss_is_told_with_what_was_wanted():
    assert [line.strip() for line in REPORT.remarks()] == [
        "one",
        'missed: "turn on the *light*": wanted HassTurnOn, got nothing',
        "lights: 1 of 2",
    ]


def test_the_document_is_json_without_numbers_that_are_none():
    document = json.loads(json.dumps(REPORT.document(), allow_nan=False))

    assert [row["met"] for row in document["rows"]] == [False, True, None]
    assert document["rows"][2]["value"] is None
    assert document["parts"]["one"]["misses"][0]["wanted"] == "HassTurnOn"


def test_the_page_takes_nothing_that_was_said_for_markup():
    page = REPORT.page()

    assert "| one | done | 2 |" in page
    assert "turn on the \\*light\\*" in page


# What is run


async def test_an_unknown_part_is_refused_before_anything_is_done(data):
    with pytest.raises(Problem, match="flying") as problem:
        await run(Settings(), only=["flying"], data=data)

    assert all(name in problem.value.remedy for name in PARTS)


async def test_the_report_grows_part_by_part(data):
    write(data / "mqtt/discovery.jsonl", [LAMP])
    write(data / "mqtt/command_cases.jsonl", [])
    seen = []

    report = await run(TINY, only=["products"], data=data, done=lambda so_far: seen.append([*so_far.parts]))

    assert seen == [["products"]]
    assert report.document()["models"]["llm"] == report.models["llm"] != ""


def test_a_quick_run_takes_samples_evenly(data):
    assert Bench(TINY, data, quick=True).some(range(10), quick=2) == [0, 5]
    assert Bench(TINY, data).some(range(3), quick=2) == [0, 1, 2]


# Sentences


async def test_a_sentence_that_comes_to_something_else_is_a_miss(data):
    (data / "text/ha_intents_fixtures_en.yaml").write_text(
        "areas: [{name: Kitchen, id: kitchen}]\nfloors: []\n"
        "entities: [{name: Lamp, id: light.lamp, area: kitchen}]\n"
    )
    common = {"areas": None, "entities": None, "floors": None}
    write(
        data / "text/ha_intents_en.jsonl",
        [
            {"text": "turn on the lamp", "intent": "HassTurnOn", "slots": {"name": "Lamp"}, **common},
            {"text": "turn off the lamp", "intent": "HassTurnOn", "slots": {"name": "Lamp"}, **common},
            {"text": "start the mower", "intent": "HassLawnMowerStartMowing", "slots": {}, **common},
        ],
    )

    part = await sentences(Bench(Settings(), data))

    assert value(part, "intent and slots right") == 50.0
    assert part.misses[0].text == "turn off the lamp"
    assert part.rows[1].n == 1


# Products

TELLS = {"unique_id": "lamp", "name": "Lamp", "command_topic": "lamp/set"}
LAMP = {"id": "a", "topic": "homeassistant/light/lamp/config", "product": "Acme", "payload": TELLS}
CASE = {"id": "a", "topic": LAMP["topic"], "component": "light", "action": {"turn": "on"}}


async def test_a_command_is_right_when_the_product_is_told_what_it_takes(data):
    write(data / "mqtt/discovery.jsonl", [LAMP])
    right = {**CASE, "expect_topic": "lamp/set", "expect_payload": "ON"}
    write(data / "mqtt/command_cases.jsonl", [right, {**right, "expect_payload": "on"}])

    part = await products(Bench(Settings(), data))

    assert value(part, "commands as the product takes them") == 50.0
    assert "('lamp/set', 'ON')" in part.misses[0].got


async def test_what_is_announced_and_cannot_be_used_is_a_miss(data):
    broken = {**LAMP, "payload": {"unique_id": "lamp", "name": "Lamp"}}
    write(data / "mqtt/discovery.jsonl", [LAMP, broken])
    write(data / "mqtt/command_cases.jsonl", [])

    part = await products(Bench(Settings(), data))

    assert value(part, "entities usable, of supported components") == 50.0
    assert [miss.wanted for miss in part.misses] == ["usable"]


async def test_what_is_not_enabled_by_default_is_counted_apart(data):
    off = {**LAMP, "payload": {**TELLS, "enabled_by_default": False}}
    write(data / "mqtt/discovery.jsonl", [LAMP, off])
    write(data / "mqtt/command_cases.jsonl", [])

    part = await products(Bench(Settings(), data))

    assert [row.n for row in part.rows[:2]] == [1, 1]


# Commands


async def test_a_home_gets_the_same_commands_each_time_and_each_changes_something(address):
    home = sample_home(6, seed=3)
    async with home.simulated(address, delay=(0.0, 0.0)) as simulated:
        given = commands(home, simulated)
        assert given == commands(home, simulated)
        for command in given:
            await command.prepare(simulated)
            assert not command.done(simulated.states)


async def test_a_command_with_which_another_thing_changed_did_not_come_about(address):
    home = sample_home(6, seed=3)
    async with home.simulated(address, delay=(0.0, 0.0)) as simulated:
        command, other, *_ = (one for one in commands(home, simulated) if one.text.startswith("turn on"))
        await command.prepare(simulated)
        await other.prepare(simulated)
        before = simulated.states
        await simulated.set(command.key, state="on")
        assert command.came_about(before, simulated.states)
        await simulated.set(other.key, state="on")
        assert not command.came_about(before, simulated.states)


@pytest.mark.usefixtures("address")
async def test_commands_are_timed_from_the_sentence_to_the_device(data, monkeypatch):
    monkeypatch.setattr(speed_part, "QUICK", 3)
    monkeypatch.setattr(speed_part, "WARM_UP", 1)

    part = await speed_part.speed(Bench(TINY, data, quick=True))

    assert part.misses == ()
    done, *times = part.rows
    assert (done.n, done.value) == (3, 100.0)
    assert all(0 < row.value < 1000 for row in times)


# The whole assistant


@pytest.mark.models
@pytest.mark.usefixtures("tiny_llm", "address")
async def test_requests_are_judged_by_what_became_of_the_home(data):
    (data / "text/ha_assist_homes.json").write_text(json.dumps({"small": INVENTORY}))
    write(
        data / "text/ha_assist_eval.jsonl",
        [
            request("Turn on the kitchen light", "light.kitchen_light", "on"),
            request("Turn off the kitchen light", "light.kitchen_light", "on"),
            request("Unlock the front door", "lock.front_door", "unlocked"),
            request("Add history homework to my personal tasks", "todo.personal_tasks", "1"),
            request("Add history homework to my personal tasks", "todo.personal_tasks", "1"),
        ],
    )

    part = await requests(Bench(TINY, data))

    assert [miss.text for miss in part.misses] == ["Turn off the kitchen light (small)"]
    assert value(part, "what was asked for came about, and nothing else") == 80.0
    assert value(part, "locks, covers and valves under defaults") == 0.0
    assert value(part, "of those not reached, something was sent") == 0.0


def request(text, key, state):
    return {"text": text, "home": "small", "expect_changes": {key: {"state": state}}}


@pytest.mark.models
@pytest.mark.usefixtures("tiny_llm", "address")
async def test_a_stranger_to_the_home_that_publishes_is_a_miss(data):
    write(
        data / "text/clinc150_oos.jsonl",
        [
            {"text": "turn on the kitchen light", "intent": "joke"},
            {"text": "thank you", "intent": "thank_you"},
            {"text": "turn on the kitchen light", "intent": "smart_home"},
        ],
    )
    write(data / "text/slurp_text.jsonl", [{"text": "what is love", "intent": "general_quirky"}])

    part = await strangers(Bench(TINY, data))

    assert value(part, "clinc150_oos: messages published") == 1.0
    assert [row.n for row in part.rows[:2]] == [2, 1]
    assert [miss.wanted for miss in part.misses] == ["clinc150_oos joke"]
    assert "clinc150_oos thank_you: skill thank_you 1" in part.counts
