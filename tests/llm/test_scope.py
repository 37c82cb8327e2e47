import json
import os
from pathlib import Path

import pytest

from tests.llm.homes import HOME
from voiceslm.llm.retrieve import Finder
from voiceslm.llm.scope import about_home, is_question, is_vague

FINDER = Finder(HOME)
WRONG_AT_MOST = 0.005
"""Share of other people's sentences that may be taken for this home's; measured 0.001."""


@pytest.fixture(scope="module")
def texts():
    folder = Path(os.environ.get("VOICESLM_DATA", Path(__file__).parents[3] / "shared" / "data")) / "text"
    if not folder.is_dir():
        pytest.skip(f"no text data in {folder}; set VOICESLM_DATA")
    return folder


def taken(text):
    return about_home(text, FINDER.candidates(text, question=is_question(text)))


@pytest.mark.parametrize(
    "text",
    [
        "turn on the kitchen light",
        "Could you get some light in the kitchen?",
        "it's way too dark in the game room",
        "I'm freezing, warm up the kitchen",
        "kitchen light 40 percent",
        "turn on the kitchin light",
        "nobody needs the light in bedroom 2 anymore",
        "pull the garage door up",
        "is the front door locked",
        "how warm is it in the kitchen",
        "what's the status of the garage door",
        "did I leave the garage open",
    ],
)
def test_requests_to_this_home_are_taken(text):
    assert taken(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "who wrote Hamlet",
        "how do I cook rice in the kitchen",
        "what is the capital of France",
        "how many light years away is the sun",
        "who invented the vacuum cleaner",
        "what is the best color for a kitchen",
        "can you translate light into French",
        "how much does a front door cost",
        "tell me a story about a haunted kitchen",
        "what temperature does water boil at",
        "play a game with me",
        "play some music",
        "add light bulbs to the shopping list",
        "what's the temperature in Paris",
        "good morning",
    ],
)
def test_what_belongs_elsewhere_is_not(text):
    assert not taken(text)


@pytest.mark.parametrize(
    "text",
    [
        "remind me to lock the front door",
        "turn on the kitchen light at 7 pm",
        "turn on the kitchen light in ten minutes",
        "switch the pond pump on when I arrive",
        "don't open the garage door",
        "he opened the garage door",
        "I turned off the kitchen light",
    ],
)
def test_what_is_wanted_at_another_time_or_not_at_all_is_never_done_now(text):
    assert not taken(text)


@pytest.mark.parametrize(
    "text",
    [
        "is the light on",
        "What's the temperature?",
        "how bright is the lamp",
        "tell me if the door is locked",
        "can you tell me whether the garage is open",
        "check if the pump is running",
        "any idea whether the door is locked",
        "the door is locked?",
        "kitchen temperature",
        "hey, are the lights on",
    ],
)
def test_questions_are_told(text):
    assert is_question(text)


@pytest.mark.parametrize(
    "text",
    [
        "turn on the light",
        "can you turn on the light?",
        "could you please close the garage?",
        "would you lock the door",
        "will you open it?",
        "turn it off, would you?",
        "is it dark? then turn on the light",
        "set the temperature to 21",
        "",
    ],
)
def test_requests_are_not_questions(text):
    assert not is_question(text)


@pytest.mark.parametrize(
    ("text", "vague"),
    [
        ("turn the light on", True),
        ("it's dark in here", True),
        ("turn the kitchen light on", False),
        ("the game room is too dark", False),
        ("turn all lights on", False),
        ("it's cold", False),
    ],
)
def test_a_request_that_fits_several_and_names_none_is_vague(text, vague):
    assert is_vague(text, FINDER.candidates(text, question=False)) is vague


@pytest.mark.parametrize("source", ["clinc150_oos.jsonl", "slurp_text.jsonl"])
def test_requests_to_other_assistants_are_seldom_taken(texts, source):
    rows = [json.loads(line) for line in (texts / source).read_text("utf-8").splitlines()]
    home = ("iot", "hue", "cleaning", "audio")
    others = [row["text"] for row in rows if not row["intent"].startswith(home)]
    wrong = [text for text in others if taken(text)]
    assert len(wrong) / len(others) < WRONG_AT_MOST, wrong
