"""A home for tests, and many."""

from __future__ import annotations

from voiceslm.entities import Choice, Entity, Kind, Span

ON_OFF = Choice(("on", "off"))
PERCENT = Span(0, 100)


COLORED: dict[str, Span | Choice] = {"state": ON_OFF, "brightness": PERCENT, "color": Choice(())}


def light(name, area=""):
    return Entity(
        f"light.{name.lower().replace(' ', '_')}", Kind.LIGHT, name, area=area, settable=dict(COLORED)
    )


KITCHEN = light("Kitchen Light", "Kitchen")
GAME = light("Game Room Light", "Game Room")
BEDROOM_1 = light("Bedroom 1 Light", "Bedroom 1")
BEDROOM_2 = light("Bedroom 2 Light", "Bedroom 2")
PUMP = Entity("switch.pond_pump", Kind.SWITCH, "Pond Pump", area="Garden", settable={"state": ON_OFF})
DOOR = Entity(
    "lock.front_door",
    Kind.LOCK,
    "Front Door",
    area="Hall",
    settable={"state": Choice(("locked", "unlocked"))},
)
GARAGE = Entity(
    "cover.garage_door",
    Kind.COVER,
    "Garage Door",
    area="Garage",
    device_class="garage",
    settable={"state": Choice(("open", "closed")), "position": PERCENT},
    deeds=frozenset({"stop"}),
)
THERMOSTAT = Entity(
    "climate.thermostat",
    Kind.CLIMATE,
    "Thermostat",
    area="Kitchen",
    settable={"mode": Choice(("off", "heat", "cool")), "temperature": Span(7, 35, 0.5)},
)
WARMTH = Entity(
    "sensor.kitchen_temperature",
    Kind.SENSOR,
    "Kitchen Temperature",
    area="Kitchen",
    device_class="temperature",
    reports=frozenset({"state"}),
)
PLAYER = Entity(
    "media_player.radio",
    Kind.MEDIA_PLAYER,
    "Kitchen Radio",
    area="Kitchen",
    settable={"state": Choice(("on", "off", "playing", "paused")), "volume": PERCENT, "muted": ON_OFF},
    deeds=frozenset({"next", "stop"}),
)
ROBOT = Entity(
    "vacuum.dobby",
    Kind.VACUUM,
    "Dobby",
    aliases=("Hoover",),
    settable={"state": Choice(("cleaning", "docked"))},
    deeds=frozenset({"locate"}),
)

HOME = (KITCHEN, GAME, BEDROOM_1, BEDROOM_2, PUMP, DOOR, GARAGE, THERMOSTAT, WARMTH, PLAYER, ROBOT)


def many(count):
    """Return a home of ``count`` lights in twenty rooms."""
    return [
        light(f"Lamp {index} {'north' if index % 2 else 'south'}", f"Room {index % 20}")
        for index in range(count)
    ]
