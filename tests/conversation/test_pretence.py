"""What the model would only claim to have done never reaches it."""

from __future__ import annotations

import pytest

from voiceslm.conversation.pretence import is_command


@pytest.mark.parametrize(
    "text",
    [
        "Turn the holy light off.",
        "Switch the whole we like on.",
        "Set the bedroom van to 50%.",
        "Could you please dim the sofa?",
        "unlock the shed",
        "make it warmer",
        "bedroom lamp on",
    ],
)
def test_a_command_to_something_unknown_is_one(text):
    assert is_command(text)


@pytest.mark.parametrize(
    "text",
    [
        "Who wrote Hamlet?",
        "What is 50 percent of 20?",
        "Tell me about the light of the moon.",
        "How do I turn a page in a PDF?",
        "Set the scene for a story.",
        "Can you make me laugh?",
        "Put yourself in my shoes.",
        "",
    ],
)
def test_conversation_is_none(text):
    assert not is_command(text)
