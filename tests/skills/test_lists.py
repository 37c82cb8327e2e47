"""Shopping and to-do lists by voice."""

from __future__ import annotations

import pytest

from tests.skills.talk import Talk
from voiceslm.events import Intent
from voiceslm.skills import Context
from voiceslm.skills.list_skill import TOO_MANY_LISTS
from voiceslm.skills.lists import MOST_ITEMS, MOST_LISTS


@pytest.fixture
def talk():
    return Talk(names=["Personal Tasks", "Trader Joe's"])


@pytest.fixture
def plain():
    """A home that declares no lists."""
    return Talk()


def items(talk, name="shopping"):
    return list(talk.skills.lists.items(name))


@pytest.mark.parametrize(
    ("sentence", "reply", "added"),
    [
        ("Add milk to my shopping list.", "Added milk to your shopping list.", ["milk"]),
        ("Add some milk to the grocery list.", "Added milk to your shopping list.", ["milk"]),
        (
            "Put milk and eggs on my shopping list.",
            "Added milk and eggs to your shopping list.",
            ["milk", "eggs"],
        ),
        (
            "Add mac and cheese to my shopping list.",
            "Added mac and cheese to your shopping list.",
            ["mac and cheese"],
        ),
        ("Add milk and milk to my shopping list.", "Added milk to your shopping list.", ["milk"]),
    ],
)
async def test_what_is_to_be_bought_is_added(talk, sentence, reply, added):
    assert await talk.say(sentence) == reply
    assert items(talk) == added


def test_commas_part_things_where_the_text_still_has_them(talk):
    intent = Intent(
        "HassShoppingListAddItem",
        {"item": "milk eggs and rye bread"},
        text="Add milk, eggs, and rye bread to my shopping list.",
    )

    reply = talk.skills.reply(intent, Context(talk.now, ""))

    assert reply.text == "Added milk, eggs and rye bread to your shopping list."


async def test_a_draft_that_is_thrown_away_adds_nothing(talk):
    talk.draft("Add milk to my shopping list.")

    assert items(talk) == []
    assert talk.changes == 0


async def test_what_is_there_is_not_added_again(talk):
    await talk.say("Add milk and eggs to my shopping list.")

    assert await talk.say("Add eggs to my shopping list.") == "Eggs are already on your shopping list."
    assert await talk.say("Add Milk and tea to my shopping list.") == "Added tea to your shopping list."
    assert items(talk) == ["milk", "eggs", "tea"]


async def test_a_task_with_and_is_one_task(plain):
    reply = await plain.say("Add call mum and dad to my to-do list.")

    assert reply == "Added call mum and dad to your to-do list."
    assert items(plain, "to-do") == ["call mum and dad"]


@pytest.mark.parametrize(
    ("name", "list_"),
    [
        ("Trader Joe's", "Trader Joe's"),
        ("trader joes", "Trader Joe's"),
        ("trader joes list", "Trader Joe's"),
        ("personal tasks", "Personal Tasks"),
        ("personal tasks todo", "Personal Tasks"),
        ("to-do", "Personal Tasks"),
        ("my tasks", "Personal Tasks"),
        ("grocery", "shopping"),
        ("shoping", "shopping"),
    ],
)
async def test_a_list_is_found_by_what_it_is_called(talk, name, list_):
    await talk.ask("HassListAddItem", item="apples", name=name)

    assert items(talk, list_) == ["apples"]


async def test_a_list_comes_into_being_with_its_first_thing(talk):
    first = await talk.say("Add nails to the hardware list.")
    second = await talk.say("Add glue to my hardware list.")

    assert first == "Added nails to your new hardware list."
    assert second == "Added glue to your hardware list."
    assert items(talk, "hardware") == ["nails", "glue"]


async def test_a_list_can_be_made_before_it_is_used(plain):
    made = await plain.say("Make a list called holidays.")
    again = await plain.say("Make a list called holidays.")

    assert made == "Now you have a holidays list."
    assert again == "You already have a holidays list."
    assert await plain.say("What lists do I have?") == "You have three lists: shopping, to-do and holidays."


async def test_there_is_a_bound_on_lists(plain):
    for number in range(MOST_LISTS):
        await plain.ask("list_create", name=f"{chr(ord('a') + number) * 9}")

    assert await plain.say("Make a list called holidays.") == TOO_MANY_LISTS
    assert await plain.say("Add nails to the hardware list.") == TOO_MANY_LISTS
    assert len(plain.skills.lists.names) == MOST_LISTS


async def test_there_is_a_bound_on_a_list(plain):
    plain.skills.lists.add("shopping", [f"thing {number:03}" for number in range(MOST_ITEMS)])

    assert await plain.say("Add milk to my shopping list.") == "Your shopping list is full."
    assert len(items(plain)) == MOST_ITEMS


@pytest.mark.parametrize(
    ("sentence", "reply", "left"),
    [
        ("Remove milk from my shopping list.", "Took milk off your shopping list.", ["eggs", "rye bread"]),
        ("Take the milk off the grocery list.", "Took milk off your shopping list.", ["eggs", "rye bread"]),
        ("Cross egg off my shopping list.", "Took eggs off your shopping list.", ["milk", "rye bread"]),
        (
            "Remove milk and eggs from my shopping list.",
            "Took milk and eggs off your shopping list.",
            ["rye bread"],
        ),
        (
            "Remove tea from my shopping list.",
            "Tea is not on your shopping list.",
            ["milk", "eggs", "rye bread"],
        ),
        ("Delete everything on my shopping list.", "Cleared your shopping list.", []),
        ("Clear the shopping list.", "Cleared your shopping list.", []),
    ],
)
async def test_things_are_taken_off(talk, sentence, reply, left):
    await talk.say("Add milk and eggs and rye bread to my shopping list.")

    assert await talk.say(sentence) == reply
    assert items(talk) == left


async def test_a_task_is_taken_off_when_it_is_done(plain):
    await plain.say("Add laundry to my to-do list.")

    assert await plain.say("Mark laundry as done on my to-do list.") == "Took laundry off your to-do list."
    assert items(plain, "to-do") == []


async def test_nothing_is_taken_off_a_list_that_is_not_there(talk):
    assert await talk.say("Take nails off the hardware list.") == "You have no hardware list."


@pytest.mark.parametrize(
    ("content", "reply"),
    [
        ([], "Your shopping list is empty."),
        (["milk"], "On your shopping list: milk."),
        (["milk", "eggs", "tea"], "On your shopping list: milk, eggs and tea."),
        (
            list("abcdefghijklm"),
            "On your shopping list: a, b, c, d, e, f, g, h, i, j and three other things.",
        ),
    ],
)
async def test_a_list_is_read_aloud(talk, content, reply):
    talk.skills.lists.add("shopping", content)

    assert await talk.say("What's on my shopping list?") == reply


async def test_a_list_that_is_not_there_is_nothing_to_read(talk):
    assert await talk.say("What's on the endangered species list?") is None


@pytest.mark.parametrize(
    ("sentence", "reply"),
    [
        ("Is milk on my shopping list?", "Yes, milk is on your shopping list."),
        ("Are eggs on my shopping list?", "Yes, eggs are on your shopping list."),
        ("Is tea on my shopping list?", "No, tea is not on your shopping list."),
        ("Is there anything on my shopping list?", "On your shopping list: milk and eggs."),
    ],
)
async def test_whether_something_is_on_a_list_can_be_asked(talk, sentence, reply):
    await talk.say("Add milk and eggs to my shopping list.")

    assert await talk.say(sentence) == reply


async def test_an_empty_list_cannot_be_cleared(talk):
    assert await talk.say("Clear the shopping list.") == "Your shopping list is already empty."


async def test_every_change_is_told_and_no_question(talk):
    await talk.say("Add milk to my shopping list.")
    await talk.say("What's on my shopping list?")
    await talk.say("Clear the shopping list.")

    assert talk.changes == 2
