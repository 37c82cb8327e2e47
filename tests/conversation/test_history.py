import pytest

from voiceslm.conversation.history import History


def remembered(history):
    return [message.content for message in history.messages() if message.role == "user"]


@pytest.mark.parametrize(
    ("bound", "said", "kept"),
    [
        (0, 1, []),
        (1, 1, ["1"]),
        (1, 3, ["3"]),
        (4, 4, ["1", "2", "3", "4"]),
        (4, 5, ["4", "5"]),
        (4, 6, ["4", "5", "6"]),
    ],
)
def test_beyond_the_bound_the_older_half_is_forgotten(bound, said, kept):
    history = History("Be brief.", bound)
    for number in range(1, said + 1):
        history.add(str(number), "Yes.")
    assert remembered(history) == kept


def test_the_persona_is_never_forgotten():
    history = History("Be brief.", 2)
    history.add("one", "Yes.")
    history.trim(lambda _messages: False)
    assert [message.content for message in history.messages()] == ["Be brief."]


def test_no_more_is_forgotten_than_must_be():
    history = History("Be brief.", 9)
    for number in range(5):
        history.add(str(number), "Yes.")
    history.trim(lambda messages: len(messages) <= 5)
    assert remembered(history) == ["3", "4"]
