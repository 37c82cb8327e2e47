"""Which sentences are commands, as whisper writes them, and which only begin like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceslm.events import Intent
from voiceslm.intents.recognizer import SENTENCE_LONGEST, Recognizer

ENGLISH = Recognizer("en")

COMMANDS = {
    "time": [
        "What time is it?",
        "What's the time?",
        "What’s the time?",  # noqa: RUF001 - a typographic apostrophe
        "Whats the time",
        "Tell me the time.",
        "Can you tell me what time it is?",
        "Could you please give me the time?",
        "Do you know what time it is?",
        "Do you have the time?",
        "What's the current time?",
        "What time is it right now?",
        "What time is it here?",
        "The time, please.",
    ],
    "date": [
        "What's the date?",
        "What is the date today?",
        "What's today's date?",
        "What day is it?",
        "What day is it today?",
        "Which day is today?",
        "What day of the week is it?",
        "Tell me the date.",
        "Can you tell me what today's date is?",
    ],
    "stop": [
        "Stop.",
        "Stop!",
        "STOP",
        "Stop it.",
        "Stop, stop, stop!",
        "Stop talking.",
        "No, stop.",
        "Just stop it now.",
        "Be quiet.",
        "Quiet, please.",
        "Shut up!",
        "Hush.",
        "Shh.",
        "Silence.",
        "Enough.",
        "That's enough.",
        "Thank you, that's enough.",
        "Wait.",
        "Wait a minute.",
        "Hold on.",
    ],
    "repeat": [
        "Repeat that.",
        "Can you repeat that?",
        "Say that again.",
        "Could you please say it again?",
        "What did you say?",
        "What did you just say?",
        "Sorry, what was that?",
        "I didn't catch that.",
        "Pardon?",
        "Again, please.",
        "One more time.",
        "What?",
    ],
    "never_mind": [
        "Never mind.",
        "Nevermind.",
        "Oh, never mind.",
        "No, never mind that.",
        "Forget it.",
        "Forget about it.",
        "Cancel.",
        "Cancel that.",
        "Don't worry about it.",
    ],
}

NO_COMMANDS = [
    "What time is it in Tokyo?",
    "What time does the train leave?",
    "What is time?",
    "Time flies.",
    "What is the date of Easter?",
    "What day is Christmas?",
    "What's the day of the dead?",
    "What is today's weather?",
    "Stop the music in the kitchen.",
    "Stop at noon.",
    "Wait for me.",
    "Enough is enough.",
    "Quiet the baby monitor.",
    "Repeat after me.",
    "What did you say about the weather?",
    "Say hello again.",
    "Cancel the timer.",
    "Forget my name.",
    "Never mind the gap.",
    "Who wrote Hamlet?",
]


@pytest.mark.parametrize(
    ("sentence", "name"),
    [(sentence, name) for name, sentences in COMMANDS.items() for sentence in sentences],
)
def test_a_command_is_recognised(sentence, name):
    assert ENGLISH.recognize(sentence) == Intent(name)


@pytest.mark.parametrize("manners", ["Please, {}", "Hey, {}", "Okay, um, {}", "Well, uh, {}", "{} please"])
@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("what time is it", "time"),
        ("what's the date", "date"),
        ("stop", "stop"),
        ("say that again", "repeat"),
        ("never mind", "never_mind"),
    ],
)
def test_manners_and_hesitation_make_no_difference(sentence, name, manners):
    assert ENGLISH.recognize(manners.format(sentence)) == Intent(name)


@pytest.mark.parametrize("sentence", NO_COMMANDS)
def test_a_sentence_that_says_more_than_a_command_is_none(sentence):
    assert ENGLISH.recognize(sentence) is None


@pytest.mark.parametrize("sentence", ["", " ", "...", "Please.", "Um.", "Hey!", "Thank you.", "Thanks."])
def test_manners_alone_are_no_command(sentence):
    assert ENGLISH.recognize(sentence) is None


def test_a_text_too_long_for_a_command_is_not_looked_at():
    assert ENGLISH.recognize("please " * SENTENCE_LONGEST + "stop") is None


@pytest.mark.parametrize("language", ["de", "xx"])
def test_a_language_without_templates_has_no_commands(language):
    assert Recognizer(language).recognize("stop") is None


@given(st.text(max_size=SENTENCE_LONGEST + 10))
def test_any_text_at_all_is_either_a_command_or_none(text):
    intent = ENGLISH.recognize(text)
    assert intent is None or intent.name in COMMANDS
