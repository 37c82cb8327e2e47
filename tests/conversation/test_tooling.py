"""What the language model is asked about a home, and what its answers come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from tests.conversation.test_router import Talk, wanted
from tests.home import things
from voiceslm.conversation.tooling import UNCLEAR, Tooling
from voiceslm.events import Route
from voiceslm.llm import Message
from voiceslm.llm.tools import BRIEF

if TYPE_CHECKING:
    from voiceslm.home.home import Home

DIM = "It is far too bright in the study, dim the desk light a bit."
DARK = "The study is so dark, do something."
ASK = "Could you check whether the desk light has been left on?"


def tooling(*, learnt=True, **states):
    talk = Talk(
        things.light("desk light", "Study"),
        things.lamp("kitchen light", "Kitchen"),
        things.lock("front door", "Hall"),
        **{"desk_light": {"state": "on", "brightness": 50}, "kitchen_light": {"state": "off"}, **states},
    )
    tooling = Tooling(cast("Home", talk.place), talk.router, "")
    if learnt:
        tooling.learn([*talk.place.entities.values()])
    return tooling


def decided(text, output, **states):
    tools = tooling(**states)
    return tools.decision(tools.request(text), output)


def test_a_model_that_has_learnt_the_home_reads_no_more_than_that_it_is_meant():
    talk = Talk(things.light("desk light", "Study"))
    tools = Tooling(cast("Home", talk.place), talk.router, "", brief=True)
    tools.learn([*talk.place.entities.values()])
    assert tools.head == (Message("system", BRIEF),)
    request = tools.request(DARK)
    assert request
    assert request.menu


def test_what_is_not_about_the_home_is_not_asked():
    assert tooling().request("Who wrote Hamlet?") is None


def test_before_the_home_is_known_nothing_is_asked():
    tools = tooling(learnt=False)
    assert tools.request(DARK) is None
    assert tools.head == ()


def test_a_home_that_has_become_empty_is_not_asked_about():
    tools = tooling()
    tools.learn([])
    assert tools.request(DARK) is None
    assert tools.head == ()


def test_the_model_reads_the_home_before_any_sentence_and_then_only_the_sentence():
    tools = tooling()
    request = tools.request(DARK)
    assert request.messages[:-1] == tools.head
    assert request.messages[-1].content == DARK
    assert "desk_light" in tools.head[0].content


def test_the_states_are_no_part_of_what_is_read_beforehand():
    assert tooling().head == tooling(desk_light={"state": "off"}).head


def test_the_grammar_holds_nothing_but_the_menu():
    request = tooling().request(DARK)
    assert request.menu
    assert all(f'"{line}"' in request.grammar for line in request.menu)
    assert "front_door" not in request.grammar


def test_a_question_offers_nothing_that_changes_anything():
    request = tooling().request(ASK)
    assert request.menu
    assert all(line.endswith(" get") for line in request.menu)


def test_a_call_becomes_a_change():
    decision = decided(DARK, "desk_light on", desk_light={"state": "off"})
    assert (decision.route, wanted(decision)) == (Route.TOOLS, [("light.desk_light", {"state": "on"})])
    assert decision.expected == "The desk light is on."


def test_somewhat_less_is_less_than_now():
    ((entity, wants),) = wanted(decided(DIM, "desk_light brightness down"))
    assert entity == "light.desk_light"
    assert 0 < wants["brightness"] < 50


def test_a_question_is_answered_from_the_state():
    decision = decided(ASK, "desk_light get")
    assert (decision.acts, decision.text) == (False, "The desk light is on at 50 percent.")


def test_conversation_is_left_to_the_model():
    assert decided(DARK, "none") is None


@pytest.mark.parametrize(
    "output",
    ["ask", "", "front_door unlock", "desk_light on\nfront_door unlock", "light.desk_light on", "desk_light"],
)
def test_whatever_is_not_on_the_menu_is_asked_back(output):
    decision = decided(DARK, output)
    assert (decision.acts, decision.text) == (False, UNCLEAR)


def test_a_write_in_answer_to_a_question_does_nothing():
    decision = decided(ASK, "desk_light off")
    assert (decision.acts, decision.text) == (False, UNCLEAR)


def test_a_device_that_has_gone_meanwhile_does_nothing():
    tools = tooling()
    request = tools.request(DIM)
    del tools._home.entities["light.desk_light"]
    decision = tools.decision(request, "desk_light brightness down")
    assert (decision.acts, decision.text) == (False, UNCLEAR)
