"""A home with a little of everything, for sentences to be about."""

from __future__ import annotations

from voiceslm.entities import Choice, Entity, Kind
from voiceslm.intents.home import Ambiguous, HomeSentences

AREA = "Hall"
"""Where the sentences are said."""


def thing(name, kind, area="", **more):
    """Return an entity whose id is made of its name."""
    return Entity(f"{kind}.{name.lower().replace(' ', '_')}", Kind(kind), name, area=area, **more)


THINGS = (
    thing("Kitchen Light", "light", "Kitchen", floor="Downstairs"),
    thing("Kitchen Ceiling Light", "light", "Kitchen", floor="Downstairs"),
    thing("Salt and Pepper Lamp", "light", "Kitchen", settable={"effect": Choice(("rainbow", "color_loop"))}),
    thing("Bedroom 1 Light", "light", "Bedroom 1", floor="Upstairs"),
    thing("Bedroom 2 Light", "light", "Bedroom 2", floor="Upstairs"),
    thing("Desk Lamp", "light", "Office", aliases=("work light",)),
    thing("Fred's Lamp", "light", "Office"),
    thing("Bathroom Mirror", "light", "Bathroom"),
    thing("Coffee Maker", "switch", "Kitchen"),
    thing("Office Fan", "fan", "Office", settable={"preset": Choice(("sleep", "breeze"))}),
    thing("Bedroom Blinds", "cover", "Bedroom 1", device_class="blind"),
    thing("Smart Curtain", "cover", "Living Room", device_class="curtain"),
    thing("Front Door", "lock", "Hall"),
    thing("Irrigation Valve", "valve", "Front Yard"),
    thing(
        "Thermostat",
        "climate",
        "Hall",
        settable={"mode": Choice(("off", "heat", "cool")), "preset": Choice(("eco", "away"))},
    ),
    thing(
        "Living Room TV", "media_player", "Living Room", settable={"source": Choice(("HDMI 1", "Netflix"))}
    ),
    thing("Outdoor Speakers", "media_player", "Rooftop Terrace"),
    thing("Rover", "vacuum", "Living Room"),
    thing("Clippy", "lawn_mower", "Front Yard"),
    thing("House Alarm", "alarm_control_panel"),
    thing("Humidifier", "humidifier", "Bedroom 1", settable={"mode": Choice(("auto", "baby"))}),
    thing("Boiler", "water_heater", "Basement"),
    thing("Garage Siren", "siren", "Garage"),
    thing("Log Level", "select", settable={"state": Choice(("debug", "info"))}),
    thing("Fade Time", "number"),
    thing("Movie Time", "scene"),
    thing("Restart Router", "button"),
    thing("Outdoor Temperature", "sensor", "Front Yard", device_class="temperature"),
    thing("Kitchen Window", "binary_sensor", "Kitchen", device_class="window"),
)

HOME = HomeSentences()
HOME.learn(THINGS, {"area": ("Hall", "Basement"), "todo": ("Trader Joe's",)})


def meant(text, home=HOME, area=AREA):
    """Return what ``text`` comes to, shortly: the intent and its slots; "asked" and names; None."""
    found = home.recognize(text, area)
    if isinstance(found, Ambiguous):
        return ("asked", *found.names)
    return found and [(intent.name, dict(intent.slots)) for intent in found]


def intent(text, home=HOME, area=AREA):
    """Return the one intent that ``text`` comes to."""
    found = home.recognize(text, area)
    assert isinstance(found, tuple)
    (only,) = found
    return only
