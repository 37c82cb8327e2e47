"""What is learnt in tests: a home, and a few facts."""

from __future__ import annotations

from tests.llm.homes import HOME, light
from voiceslm.knowledge import Pack, Pair, Passage
from voiceslm.tuning.distil.aims import Aim
from voiceslm.tuning.distil.understanding import Home

PORCH = light("Porch Light", "Porch")
HALL = light("Hall Light", "Hall")

HOURS = Passage(
    "The swimming hall opens at 7:00 and closes at 21:30. Children under six swim for free.",
    "Swimming hall",
    "hall.md#Swimming hall",
)
SAUNA = Passage("The sauna costs 14 euros. Bring two towels.", "Sauna", "hall.md#Sauna")
LOCKER = Pair("Do the lockers need a coin?", "Yes, a coin of one euro, which you get back.", "hall.csv:2")
PACK = Pack((LOCKER,), (HOURS, SAUNA))


def home():
    return Home((*HOME, PORCH, HALL))


def aim(home, name, sentence, phrase):
    entity = next(entity for entity in home.entities if entity.name == name)
    return Aim(entity, sentence, home.line(entity, phrase))
