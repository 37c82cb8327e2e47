"""Who answers, and what it comes to: pure."""

from __future__ import annotations

import functools
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

import pytest

from tests.home import things
from voiceslm.conversation.followup import KEPT_SECONDS
from voiceslm.conversation.router import NOT_LASTING, NOTHING_TO_UNDO, Router
from voiceslm.entities import Outcome, Result
from voiceslm.events import Route
from voiceslm.intents.home import HomeSentences
from voiceslm.intents.recognizer import Recognizer
from voiceslm.skills import Skills, VolumeControl

if TYPE_CHECKING:
    from voiceslm.home.home import Home

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)

recognizer = functools.cache(Recognizer)
sentences = functools.cache(HomeSentences)
"""One for all tests: they take a while to load."""


class Place(things.Place):
    def available(self, _entity):
        return True


class Talk:
    """Decides for one sentence after another, each of which is committed and goes well."""

    def __init__(self, *entities, lasting=True, home=True, volume=None, **states):
        self.time = 0.0
        self.place = Place(*entities, **states)
        known = sentences()
        known.learn(list(entities))
        self.skills = Skills(now=lambda: NOW, volume=volume)
        self.router = Router(
            recognizer(),
            self.skills,
            now=lambda: NOW,
            clock=lambda: self.time,
            sentences=known,
            home=cast("Home", self.place) if home else None,
            lasting=lasting,
        )
        self.last_reply = ""

    def draft(self, text):
        return self.router.route(text, self.last_reply)

    async def say(self, text):
        decision = self.draft(text)
        if decision:
            await self.meant(decision)
        return decision

    async def meant(self, decision):
        self.router.remember(decision)
        if decision.effect:
            await decision.effect()
        outcomes = [
            Outcome(change, Result.DONE, dict(self.place.state(change.entity)), change.wants)
            for change in decision.changes
        ]
        for change in decision.changes:
            self.place.states[change.entity] = {**self.place.state(change.entity), **change.wants}
        if outcomes:
            self.router.remember(decision, outcomes)
        self.last_reply = decision.text


def wanted(decision):
    return [(change.entity, dict(change.wants)) for change in decision.changes]


def studio():
    return Talk(
        things.lamp("desk lamp", "Study"),
        things.lamp("floor lamp", "Study"),
        things.lamp("kitchen light", "Kitchen"),
        desk_lamp={"state": "off"},
        floor_lamp={"state": "off"},
        kitchen_light={"state": "off"},
    )


SIDE_LAMPS = (things.lamp("side lamp", "Hall"), things.lamp("side lamp", "Attic", id="light.side_lamp_2"))


class TestWhoAnswers:
    @pytest.mark.parametrize(
        ("text", "route", "name"),
        [
            ("Turn on the desk lamp.", Route.INTENT, "HassTurnOn"),
            ("Is the desk lamp on?", Route.INTENT, "HassGetState"),
            ("What time is it?", Route.SKILL, "time"),
            ("Stop.", Route.SKILL, "stop"),
            ("Set a timer for five minutes.", Route.SKILL, "HassStartTimer"),
            ("Thank you.", Route.SKILL, "thank_you"),
        ],
    )
    def test_what_is_understood_needs_no_model(self, text, route, name):
        decision = studio().draft(text)
        assert (decision.route, decision.name) == (route, name)

    @pytest.mark.parametrize("text", ["Who wrote Hamlet?", "Tell me about the desk lamp in Hamlet.", ""])
    def test_the_rest_is_left_to_the_model(self, text):
        assert studio().draft(text) is None

    def test_without_a_home_its_sentences_are_left_to_others(self):
        talk = Talk(things.lamp("desk lamp"), home=False)
        assert talk.draft("Turn on the desk lamp.") is None

    def test_to_decide_changes_nothing(self):
        talk = studio()
        for _ in range(2):
            talk.draft("Set a timer for five minutes.")
            talk.draft("Turn on the desk lamp.")
        assert talk.skills.timers.snapshot() == []
        assert talk.draft("Turn it off.") is None

    def test_one_that_does_not_last_promises_nothing(self):
        talk = Talk(lasting=False)
        decision = talk.draft("Set a timer for five minutes.")
        assert (decision.text, decision.acts) == (NOT_LASTING, False)

    async def test_the_volume_is_the_assistants_where_there_is_no_player(self):
        levels: list[int] = []
        talk = Talk(volume=VolumeControl(lambda: 50, levels.append))
        await talk.say("Set the volume to 30 percent.")
        assert levels == [30]

    def test_the_volume_is_the_players_where_there_is_one(self):
        talk = Talk(
            things.player("radio", "Kitchen"),
            volume=VolumeControl(lambda: 50, lambda _: None),
            radio={"state": "playing", "volume": 10},
        )
        assert wanted(talk.draft("Set the volume to 30 percent.")) == [("media_player.radio", {"volume": 30})]


class TestSeveralCommands:
    async def test_of_the_home_and_of_a_skill_are_both_obeyed(self):
        talk = studio()
        decision = await talk.say("Turn on the desk lamp and set a timer for five minutes.")
        assert wanted(decision) == [("light.desk_lamp", {"state": "on"})]
        assert (decision.route, decision.name) == (Route.INTENT, "HassTurnOn HassStartTimer")
        assert decision.text == "Timer for 5 minutes, starting now."
        assert len(talk.skills.timers.snapshot()) == 1

    async def test_of_skills_are_both_obeyed(self):
        talk = studio()
        decision = await talk.say("Set a timer for five minutes and add milk to the shopping list.")
        assert decision.route is Route.SKILL
        assert len(talk.skills.timers.snapshot()) == 1
        assert talk.skills.lists.items("shopping") == ("milk",)

    async def test_where_one_asks_back_the_other_is_obeyed(self):
        talk = Talk(*SIDE_LAMPS)
        decision = await talk.say("Turn on the side lamp and set a timer for five minutes.")
        assert decision.changes == ()
        assert decision.text.startswith("Timer for 5 minutes, starting now. Do you mean")
        assert len(talk.skills.timers.snapshot()) == 1

    async def test_where_a_skill_asks_back_the_home_obeys(self):
        talk = studio()
        for text in ("Set a pizza timer for ten minutes.", "Set a tea timer for five minutes."):
            await talk.say(text)
        decision = await talk.say("Turn on the desk lamp and cancel the timer.")
        assert wanted(decision) == [("light.desk_lamp", {"state": "on"})]
        answer = await talk.say("The tea one.")
        assert answer.text == "Cancelled the tea timer."


class TestWhichOne:
    async def timers(self):
        talk = studio()
        for text in (
            "Set a timer for five minutes.",
            "Set a timer for twenty five minutes.",
            "Set a pizza timer for one hour.",
        ):
            await talk.say(text)
        assert (await talk.say("Cancel the timer.")).options
        return talk

    @pytest.mark.parametrize(
        ("text", "cancelled"),
        [
            ("The pizza one.", "pizza"),
            ("The pizza timer.", "pizza"),
            ("pizza", "pizza"),
            ("The five minute one.", "5 minute"),
            ("The 5-minute timer.", "5 minute"),
            ("Twenty-five minutes.", "25 minute"),
            ("25 minutes please", "25 minute"),
            ("The first one.", "5 minute"),
            ("The last one.", "pizza"),
        ],
    )
    async def test_is_answered_as_people_answer(self, text, cancelled):
        talk = await self.timers()
        assert (await talk.say(text)).text == f"Cancelled the {cancelled} timer."
        assert len(talk.skills.timers.snapshot()) == 2

    async def test_all_of_them(self):
        talk = await self.timers()
        await talk.say("All of them.")
        assert talk.skills.timers.snapshot() == []

    async def test_none_of_them(self):
        talk = await self.timers()
        await talk.say("None of them.")
        assert len(talk.skills.timers.snapshot()) == 3

    @pytest.mark.parametrize("text", ["The timer.", "Who wrote Hamlet?", "The tea one."])
    async def test_what_is_no_answer_is_none(self, text):
        talk = await self.timers()
        assert talk.draft(text) is None

    async def test_another_command_ends_the_question(self):
        talk = await self.timers()
        await talk.say("Turn on the desk lamp.")
        assert talk.draft("The pizza one.") is None

    async def test_a_new_conversation_ends_the_question(self):
        talk = await self.timers()
        talk.router.forget()
        assert talk.draft("The pizza one.") is None

    async def test_after_a_while_nobody_answers_any_more(self):
        talk = await self.timers()
        talk.time += KEPT_SECONDS + 1
        assert talk.draft("The pizza one.") is None

    async def test_is_not_answered_by_somebody_who_writes(self):
        talk = await self.timers()
        assert talk.router.route("The pizza one.", "", alone=True) is None

    async def test_an_alarm_goes_by_its_time(self):
        talk = studio()
        for text in ("Set an alarm for 7 AM.", "Set an alarm for 8:30 AM."):
            await talk.say(text)
        await talk.say("Cancel the alarm.")
        assert (await talk.say("The 7 a.m. one.")).text == "Cancelled the alarm for 7 AM tomorrow."


class TestWhatLeans:
    async def test_a_correction_takes_back_what_was_done(self):
        talk = studio()
        await talk.say("Turn on the desk lamp.")
        decision = await talk.say("No, the floor lamp.")
        assert wanted(decision) == [
            ("light.desk_lamp", {"state": "off"}),
            ("light.floor_lamp", {"state": "on"}),
        ]

    async def test_another_command_after_a_no_takes_nothing_back(self):
        talk = studio()
        await talk.say("Turn on the desk lamp.")
        await talk.say("Turn on the floor lamp.")
        decision = await talk.say("No, turn off the kitchen light.")
        assert wanted(decision) == [("light.kitchen_light", {"state": "off"})]

    async def test_after_a_correction_it_is_the_new_one(self):
        talk = studio()
        await talk.say("Turn on the desk lamp.")
        await talk.say("No, the floor lamp.")
        assert wanted(await talk.say("Turn it off.")) == [("light.floor_lamp", {"state": "off"})]

    async def test_the_other_one_of_more_than_two_is_asked_for(self):
        talk = Talk(*(things.lamp(f"{name} lamp", "Study") for name in ("desk", "floor", "wall")))
        await talk.say("Turn on the desk lamp.")
        decision = await talk.say("No, the other one.")
        assert decision.changes == ()
        assert ("light.wall_lamp", {"state": "on"}) in wanted(await talk.say("The wall lamp."))

    async def test_the_other_one_after_which_one_is_what_was_not_chosen(self):
        talk = Talk(*SIDE_LAMPS, things.lamp("spot", "Attic"))
        await talk.say("Turn on the side lamp.")
        await talk.say("The one in the attic.")
        decision = await talk.say("No, the other one.")
        assert ("light.side_lamp", {"state": "on"}) in wanted(decision)

    async def test_undo_after_undo_does_it_again(self):
        talk = studio()
        await talk.say("Turn on the desk lamp.")
        await talk.say("Undo that.")
        assert wanted(await talk.say("Undo that.")) == [("light.desk_lamp", {"state": "on"})]

    async def test_there_is_nothing_to_undo_at_first_or_after_a_skill(self):
        talk = studio()
        assert talk.draft("Undo that.").text == NOTHING_TO_UNDO
        await talk.say("Turn on the desk lamp.")
        await talk.say("Add milk to the shopping list.")
        assert talk.draft("Undo that.").text == NOTHING_TO_UNDO

    async def test_what_only_tells_something_leaves_undo_as_it_was(self):
        talk = studio()
        await talk.say("Turn on the desk lamp.")
        await talk.say("What time is it?")
        assert wanted(talk.draft("Undo that.")) == [("light.desk_lamp", {"state": "off"})]

    def test_and_leans_on_nothing_but_the_moment(self):
        decision = studio().draft("And turn on the desk lamp.")
        assert wanted(decision) == [("light.desk_lamp", {"state": "on"})]

    async def test_too_is_no_percentage(self):
        talk = Talk(
            things.light("kitchen light", "Kitchen"),
            things.light("bedroom light", "Bedroom"),
            kitchen_light={"state": "off"},
            bedroom_light={"state": "off"},
        )
        assert talk.draft("The bedroom too.") is None
        await talk.say("Turn on the kitchen light.")
        assert wanted(talk.draft("The bedroom too.")) == [("light.bedroom_light", {"state": "on"})]

    async def test_after_a_while_it_is_nothing(self):
        talk = studio()
        await talk.say("Turn on the desk lamp.")
        talk.time += KEPT_SECONDS + 1
        assert talk.draft("Turn it off.") is None
        assert talk.draft("Undo that.").text == NOTHING_TO_UNDO


async def test_what_is_sent_can_be_undone_before_it_is_known_what_came_of_it():
    talk = studio()
    talk.router.remember(talk.draft("Turn on the desk lamp."))
    assert wanted(talk.draft("Undo that.")) == [("light.desk_lamp", {"state": "off"})]


async def test_what_cannot_be_done_is_said_beside_what_can():
    talk = Talk(
        things.light("desk lamp", "Study"),
        things.lamp("floor lamp", "Study"),
        desk_lamp={"state": "on"},
        floor_lamp={"state": "on"},
    )
    decision = talk.draft("Set the brightness of the desk lamp and the floor lamp to 50 percent.")
    assert ("light.desk_lamp", {"brightness": 50}) in wanted(decision)
    assert "floor lamp" in decision.text
