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
    return thing(Kind.LIGHT, name, area, settable=settable, **more)


def lamp(name, area="", **more):
    """A light that is only on or off."""
    return thing(Kind.LIGHT, name, area, settable={"state": ON_OFF}, **more)


def switch(name, area="", **more):
    return thing(Kind.SWITCH, name, area, settable={"state": ON_OFF}, **more)


def cover(name, area="", device_class="", **more):
    settable = {"state": Choice(("open", "closed")), "position": PERCENT}
    deeds = frozenset({"stop"})
    return thing(Kind.COVER, name, area, settable=settable, deeds=deeds, device_class=device_class, **more)


def lock(name, area="", **more):
    return thing(Kind.LOCK, name, area, settable={"state": Choice(("locked", "unlocked"))}, **more)


def fan(name, area="", **more):
    return thing(Kind.FAN, name, area, settable={"state": ON_OFF, "percentage": PERCENT}, **more)


def climate(name, area="", **more):
    settable = {"mode": Choice(("off", "heat", "cool")), "temperature": Span(7, 30, 0.5)}
    return thing(Kind.CLIMATE, name, area, settable=settable, unit="°C", **more)


def player(name, area="", **more):
    settable = {
        "state": Choice(("on", "off", "playing", "paused")),
        "volume": PERCENT,
        "muted": ON_OFF,
    }
    deeds = frozenset({"next", "previous", "stop"})
    return thing(Kind.MEDIA_PLAYER, name, area, settable=settable, deeds=deeds, **more)


def sensor(name, area="", device_class="temperature", unit="°C", **more):
    return thing(Kind.SENSOR, name, area, device_class=device_class, unit=unit, reports={"state"}, **more)


def contact(name, area="", device_class="door", **more):
    return thing(Kind.BINARY_SENSOR, name, area, device_class=device_class, reports={"state"}, **more)


def scene(name, area=""):
    return thing(Kind.SCENE, name, area, deeds=frozenset({"activate"}))


def thing(kind, name, area="", *, settable=None, reports=None, **more):
    settable = settable or {}
    slug = name.lower().replace(" ", "_").replace("'", "")
    found = Entity(f"{kind}.{slug}", kind, name, area=area, settable=settable)
    found = replace(found, reports=frozenset(settable if reports is None else reports))
    return replace(found, **more)


class Place:
    """A home to plan for: entities and what they report."""

    def __init__(self, *things, **states):
        self.entities = {entity.id: entity for entity in things}
        self.states = {
            id_: next((value for slug, value in states.items() if id_.split(".")[1] == slug), {})
            for id_ in self.entities
        }

    def state(self, entity):
        return self.states[entity]
