"""Entities as a home of these tests has them."""

from __future__ import annotations

from dataclasses import replace

from voiceslm.entities import Choice, Entity, Kind, Span

PERCENT = Span(0, 100)
ON_OFF = Choice(("on", "off"))


def light(name, area="", **more):
    settable = {
        "state": ON_OFF,
        "brightness": PERCENT,
        "color": Choice(()),
        "color_temperature": Span(2000, 6500),
    }
    return thing(Kind.LIGHT, name, area, more, settable=settable)


def lamp(name, area="", **more):
    """A light that is only on or off."""
    return thing(Kind.LIGHT, name, area, more, settable={"state": ON_OFF})


def switch(name, area="", **more):
    return thing(Kind.SWITCH, name, area, more, settable={"state": ON_OFF})


def cover(name, area="", device_class="", **more):
    settable = {"state": Choice(("open", "closed")), "position": PERCENT}
    deeds = frozenset({"stop"})
    return thing(Kind.COVER, name, area, more, settable=settable, deeds=deeds, device_class=device_class)


def lock(name, area="", **more):
    return thing(Kind.LOCK, name, area, more, settable={"state": Choice(("locked", "unlocked"))})


def fan(name, area="", **more):
    return thing(Kind.FAN, name, area, more, settable={"state": ON_OFF, "percentage": PERCENT})


def climate(name, area="", **more):
    settable = {"mode": Choice(("off", "heat", "cool")), "temperature": Span(7, 30, 0.5)}
    return thing(Kind.CLIMATE, name, area, more, settable=settable, unit="°C")


def player(name, area="", **more):
    settable = {
        "state": Choice(("on", "off", "playing", "paused")),
        "volume": PERCENT,
        "muted": ON_OFF,
    }
    deeds = frozenset({"next", "previous", "stop"})
    return thing(Kind.MEDIA_PLAYER, name, area, more, settable=settable, deeds=deeds)


def sensor(name, area="", device_class="temperature", unit="°C", **more):
    return thing(Kind.SENSOR, name, area, more, device_class=device_class, unit=unit, reports={"state"})


def contact(name, area="", device_class="door", **more):
    return thing(Kind.BINARY_SENSOR, name, area, more, device_class=device_class, reports={"state"})


def scene(name, area=""):
    return thing(Kind.SCENE, name, area, deeds=frozenset({"activate"}))


def button(name, area="", **more):
    return thing(Kind.BUTTON, name, area, more, deeds=frozenset({"press"}))


def vacuum(name, area="", **more):
    deeds = frozenset({"stop", "pause", "locate"})
    return thing(
        Kind.VACUUM, name, area, more, settable={"state": Choice(("cleaning", "returning"))}, deeds=deeds
    )


def mower(name, area="", **more):
    settable = {"state": Choice(("mowing", "docked"))}
    return thing(Kind.LAWN_MOWER, name, area, more, settable=settable, deeds=frozenset({"pause"}))


def alarm(name, area="", states=("disarmed", "armed_home", "armed_away"), **more):
    return thing(Kind.ALARM, name, area, more, settable={"state": Choice(states)})


def thing(kind, name, area="", more=None, **usual):
    """Make an entity; by default it reports all that can be set. `more` goes before what is `usual`."""
    fields = usual | (more or {})
    slug = name.lower().replace(" ", "_").replace("'", "")
    found = Entity(f"{kind}.{slug}", kind, name, area=area)
    reports = fields.pop("reports", fields.get("settable", ()))
    return replace(found, reports=frozenset(reports), **fields)


class Place:
    """A home to plan for: entities, what they report, and which of them cannot be reached."""

    def __init__(self, *things, offline=(), **states):
        self.offline = set(offline)
        self.entities = {entity.id: entity for entity in things}
        self.states: dict[str, dict[str, object]] = {
            id_: next((value for slug, value in states.items() if id_.split(".")[1] == slug), {})
            for id_ in self.entities
        }

    def state(self, entity):
        return self.states[entity]

    def available(self, entity):
        return entity not in self.offline
