"""Changes are applied, and what is said of them is what the devices report."""

from __future__ import annotations

import asyncio

import pytest

from tests.home.things import cover, lamp, light, player, scene
from tests.virtual_loop import run_virtual
from voiceslm.entities import Change, Result
from voiceslm.home.driver import Unable
from voiceslm.home.guard import HURRIED
from voiceslm.home.home import Home
from voiceslm.home.message import Message
from voiceslm.home.registry import Forbidden

LAMP, SPOT = light("lamp"), lamp("spot")
ON, OFF = {"state": "on"}, {"state": "off"}


class Devices:
    """A registry and a broker in one: a message's topic is the entity, its payload what is wanted."""

    def __init__(self, *things, **states):
        self.version = 1
        self.entities = {thing.id: thing for thing in things}
        self.states = {thing.id: dict(states.get(thing.id.split(".")[1], {})) for thing in things}
        self.gone = set()
        self.refused = {}
        self.connected = True
        self.published = []
        self.subscribed = []
        self.discovery_filters = ("discovery/#",)
        self.topics = frozenset({"a/state"})
        self.answers = {}
        """Id -> reports that follow a command: (seconds after it, properties)."""
        self.home: Home

    def state(self, entity):
        return self.states.get(entity, {})

    def available(self, entity):
        return entity in self.entities and entity not in self.gone

    def messages(self, change):
        if change.entity in self.refused:
            raise self.refused[change.entity]
        return (Message(change.entity, change.deed or str(dict(change.wants))),)

    def take(self, topic, payload):
        return frozenset({topic})

    def report(self, entity, **properties):
        self.states[entity] = {**self.states[entity], **properties}
        self.home.take(entity, b"")

    def remove(self, entity):
        del self.entities[entity]
        del self.states[entity]
        self.version += 1
        self.home.take(entity, b"")

    async def publish(self, message, *, deadline):
        if not self.connected:
            return False
        self.published.append(message.topic)
        for seconds, report in self.answers.get(message.topic, ()):
            asyncio.get_running_loop().call_later(seconds, report, self)
        return True

    def subscribe(self, topics):
        self.subscribed = list(topics)


def reporting(entity, **properties):
    return lambda devices: devices.report(entity.id, **properties)


def home_of(devices, *, per_minute=60, clock=lambda: 0.0):
    devices.home = Home(devices, devices, confirm_seconds=2.0, commands_per_minute=per_minute, clock=clock)
    return devices.home


def applied(devices, *changes, **options):
    """Apply to a new home, in virtual time; return the outcomes and how long it took."""

    async def run():
        loop = asyncio.get_running_loop()
        outcomes = await home_of(devices, **options).apply(changes)
        return outcomes, loop.time()

    return run_virtual(run())


def result(devices, change, **options):
    (outcome,), _ = applied(devices, change, **options)
    return outcome


class TestReports:
    def test_done_is_what_the_device_reports(self):
        devices = Devices(LAMP, lamp=OFF)
        devices.answers[LAMP.id] = [(0.3, reporting(LAMP, state="on"))]
        (outcome,), seconds = applied(devices, Change(LAMP.id, ON))
        assert outcome.result is Result.DONE
        assert (outcome.before, outcome.after) == (OFF, ON)
        assert seconds == pytest.approx(0.3)

    def test_a_report_of_something_else_first_is_not_it(self):
        devices = Devices(LAMP, lamp=OFF)
        devices.answers[LAMP.id] = [(0.1, reporting(LAMP, brightness=5)), (0.4, reporting(LAMP, state="on"))]
        (outcome,), seconds = applied(devices, Change(LAMP.id, ON))
        assert outcome.result is Result.DONE
        assert seconds == pytest.approx(0.4)

    def test_a_device_that_stays_silent_is_waited_for_and_no_longer(self):
        (outcome,), seconds = applied(Devices(LAMP, lamp=OFF), Change(LAMP.id, ON))
        assert outcome.result is Result.SILENT
        assert seconds == pytest.approx(2.0)

    def test_a_device_that_does_something_else_has_not_done_it(self):
        devices = Devices(LAMP, lamp=OFF)
        devices.answers[LAMP.id] = [(0.1, reporting(LAMP, state="on", brightness=100))]
        assert result(devices, Change(LAMP.id, {"brightness": 40})).result is Result.SILENT

    def test_a_device_that_reports_nothing_is_not_waited_for(self):
        mute = lamp("mute", reports=())
        (outcome,), seconds = applied(Devices(mute), Change(mute.id, ON))
        assert (outcome.result, seconds) == (Result.SENT, 0)

    def test_a_deed_is_sent(self):
        movie = scene("movie")
        assert result(Devices(movie), Change(movie.id, deed="activate")).result is Result.SENT

    def test_a_blind_that_moves_must_say_anew_that_it_does(self):
        blind = cover("blind")
        devices = Devices(blind, blind={"state": "opening", "position": 20})
        outcome = result(devices, Change(blind.id, {"position": 40}))
        assert (devices.published, outcome.result) == ([blind.id], Result.SILENT)

    def test_a_blind_on_its_way_is_done(self):
        blind = cover("blind")
        devices = Devices(blind, blind={"state": "open", "position": 90})
        devices.answers[blind.id] = [(0.1, reporting(blind, state="closing"))]
        outcome = result(devices, Change(blind.id, {"position": 40}))
        assert (outcome.result, outcome.after["state"]) == (Result.DONE, "closing")


class TestNothingIsSent:
    def unsent(self, devices, change, **options):
        outcome = result(devices, change, **options)
        assert devices.published == []
        return outcome.result

    def test_where_it_is_so_already(self):
        assert self.unsent(Devices(LAMP, lamp=ON), Change(LAMP.id, ON)) is Result.ALREADY

    def test_where_the_device_is_offline(self):
        devices = Devices(LAMP, lamp=ON)
        devices.gone.add(LAMP.id)
        assert self.unsent(devices, Change(LAMP.id, ON)) is Result.UNAVAILABLE

    def test_where_there_is_no_broker(self):
        devices = Devices(LAMP)
        devices.connected = False
        assert self.unsent(devices, Change(LAMP.id, ON)) is Result.OFFLINE

    def test_where_there_is_no_such_entity(self):
        assert self.unsent(Devices(), Change("light.gone", ON)) is Result.UNABLE

    @pytest.mark.parametrize(
        ("reason", "expected"), [(Unable("no"), Result.UNABLE), (Forbidden("no"), Result.REFUSED)]
    )
    def test_where_it_cannot_or_must_not_be(self, reason, expected):
        devices = Devices(LAMP)
        devices.refused[LAMP.id] = reason
        assert self.unsent(devices, Change(LAMP.id, ON)) is expected


def test_a_lamp_that_is_off_is_not_already_at_its_brightness():
    devices = Devices(LAMP, lamp={"state": "off", "brightness": 40})
    devices.answers[LAMP.id] = [(0.1, reporting(LAMP, state="on"))]
    assert result(devices, Change(LAMP.id, {"brightness": 40})).result is Result.DONE


def test_a_player_that_is_on_is_told_to_play():
    radio = player("radio")
    devices = Devices(radio, radio={"state": "on"})
    devices.answers[radio.id] = [(0.1, reporting(radio, state="playing"))]
    assert result(devices, Change(radio.id, {"state": "playing"})).result is Result.DONE


class TestSeveral:
    def test_all_at_once_in_their_order(self):
        devices = Devices(LAMP, SPOT, lamp=OFF, spot=OFF)
        devices.answers = {
            LAMP.id: [(0.5, reporting(LAMP, state="on"))],
            SPOT.id: [(0.1, reporting(SPOT, state="on"))],
        }
        outcomes, seconds = applied(devices, Change(LAMP.id, ON), Change(SPOT.id, ON))
        assert [outcome.change.entity for outcome in outcomes] == [LAMP.id, SPOT.id]
        assert seconds == pytest.approx(0.5)

    def test_one_that_fails_is_told_apart(self):
        devices = Devices(LAMP, SPOT, lamp=OFF, spot=OFF)
        devices.answers[LAMP.id] = [(0.1, reporting(LAMP, state="on"))]
        outcomes, _ = applied(devices, Change(LAMP.id, ON), Change(SPOT.id, ON))
        assert [outcome.result for outcome in outcomes] == [Result.DONE, Result.SILENT]

    def test_those_of_one_entity_follow_one_another(self):
        devices = Devices(SPOT, spot=OFF)
        devices.answers[SPOT.id] = [(0.1, reporting(SPOT, state="on"))]
        outcomes, _ = applied(devices, Change(SPOT.id, ON), Change(SPOT.id, ON))
        assert [outcome.result for outcome in outcomes] == [Result.DONE, Result.ALREADY]


class TestMeanwhile:
    def test_an_entity_is_removed(self):
        devices = Devices(LAMP, lamp=OFF)
        devices.answers[LAMP.id] = [(0.1, lambda devices: devices.remove(LAMP.id))]
        (outcome,), seconds = applied(devices, Change(LAMP.id, ON))
        assert (outcome.result, outcome.after) == (Result.UNABLE, {})
        assert seconds == pytest.approx(0.1)

    def test_a_device_goes_offline(self):
        def leave(devices):
            devices.gone.add(LAMP.id)
            devices.home.take(LAMP.id, b"")

        devices = Devices(LAMP, lamp=OFF)
        devices.answers[LAMP.id] = [(0.1, leave)]
        assert result(devices, Change(LAMP.id, ON)).result is Result.UNAVAILABLE

    def test_nobody_wants_to_know_any_more(self):
        devices = Devices(LAMP, lamp=OFF)

        async def run():
            home = home_of(devices)
            task = asyncio.ensure_future(home.apply([Change(LAMP.id, ON)]))
            await asyncio.sleep(0.1)
            task.cancel()
            await asyncio.wait([task])
            devices.report(LAMP.id, state="on")
            return task.cancelled(), await home.apply([Change(LAMP.id, ON)])

        cancelled, (outcome,) = run_virtual(run())
        assert cancelled
        assert outcome.result is Result.ALREADY


class TestRate:
    def flooded(self, *, per_minute, now):
        """Turn on a lamp that says nothing, at each of the times `now`."""
        devices = Devices(LAMP, SPOT)

        async def run():
            times = iter(now)
            current = [0.0]
            home = home_of(devices, per_minute=per_minute, clock=lambda: current[0])
            outcomes = []
            for current[0] in times:
                outcomes += await home.apply([Change(LAMP.id, ON)])
            return [outcome.result for outcome in outcomes], outcomes[-1].reason

        return run_virtual(run())

    def test_too_many_in_a_minute_are_refused(self):
        results, reason = self.flooded(per_minute=2, now=[0, 1, 2])
        assert results == [Result.SILENT, Result.SILENT, Result.REFUSED]
        assert reason == HURRIED

    def test_after_a_minute_there_is_room_again(self):
        results, _ = self.flooded(per_minute=2, now=[0, 1, 61.5])
        assert results[-1] is Result.SILENT

    def test_one_command_for_many_things_is_never_cut_in_half(self):
        lamps = [lamp(f"lamp {number}", reports=()) for number in range(5)]
        outcomes, _ = applied(Devices(*lamps), *(Change(one.id, ON) for one in lamps), per_minute=2)
        assert {outcome.result for outcome in outcomes} == {Result.SENT}

    def test_what_does_not_fit_is_refused_as_a_whole(self):
        lamps = [lamp(f"lamp {number}", reports=()) for number in range(3)]
        devices = Devices(*lamps)

        async def run():
            home = home_of(devices, per_minute=3)
            await home.apply([Change(lamps[0].id, ON)])
            return await home.apply([Change(one.id, ON) for one in lamps])

        assert {outcome.result for outcome in run_virtual(run())} == {Result.REFUSED}
        assert devices.published == [lamps[0].id]

    def test_what_is_so_already_does_not_count(self):
        devices = Devices(LAMP, SPOT, lamp=ON)

        async def run():
            home = home_of(devices, per_minute=1)
            for _ in range(3):
                await home.apply([Change(LAMP.id, ON)])
            return await home.apply([Change(SPOT.id, ON)])

        (outcome,) = run_virtual(run())
        assert outcome.result is Result.SILENT


def test_settling_subscribes_to_what_there_is():
    devices = Devices(LAMP)
    home_of(devices).settle()
    assert devices.subscribed == ["discovery/#", "a/state"]


def test_who_watches_is_told_what_has_reported():
    devices = Devices(LAMP)
    told: list[frozenset[str]] = []
    home_of(devices).watch(told.append)
    devices.report(LAMP.id, state="on")
    assert told == [frozenset({LAMP.id})]
