"""What one simulated thing hears and tells: payloads to changes, properties to payloads.

The names of the options are Home Assistant's for MQTT, and so are the defaults
(https://www.home-assistant.io/integrations/mqtt/).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Self

from voiceslm.bench.home.physics import DEED
from voiceslm.bench.home.templates import normal, payload_that_says, render, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from voiceslm.bench.home.colours import Colour
    from voiceslm.entities import Span, State, Value

    Config = Mapping[str, Any]
    Meaning = Callable[[str], State | None]
    """From a payload to the properties it sets (or the deed it asks for); None where it means nothing."""

_MOST_STEPS = 5000
"""A number is recognised behind a template by trying each; nobody's dial has more marks."""

_SAMPLE: Colour = (251, 83, 167)
"""A colour that no template mentions."""


def _plain(raw: float) -> int | float:
    return int(raw) if raw == int(raw) else raw


@dataclass(frozen=True, slots=True)
class Hears:
    """A topic to which commands come."""

    topic: str
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class Tells:
    """A topic on which a property is reported."""

    property: str
    topic: str
    template: str
    says: Callable[[Value], str | None]
    """What the template shall read for a value; None where the device has no word for it."""

    def payload(self, state: State, published: str) -> str:
        """Return what to publish after ``published``; that again where nothing new can be said."""
        word = self.says(state[self.property]) if self.property in state else None
        said = None if word is None else payload_that_says(self.template, word, published)
        return published if said is None else said


@dataclass(frozen=True, slots=True)
class Place:
    """Where a property is commanded and reported."""

    command: str = ""
    command_template: str = ""
    state: str = ""
    state_template: str = ""


@dataclass(slots=True)
class Dialect:
    """One thing's side of the wire, built up from its configuration."""

    config: Config
    hears: list[Hears] = field(default_factory=list)
    tells: list[Tells] = field(default_factory=list)
    state: dict[str, Value] = field(default_factory=dict)
    """What it is at first."""

    @classmethod
    def on_off(cls, config: Config, told_on: str, told_off: str) -> Self:
        """Begin with a state that is off or on; the options name the words that report it."""
        dialect = cls(config)
        on, off = dialect.word("payload_on", "ON"), dialect.word("payload_off", "OFF")
        told = {"off": dialect.word(told_off, off), "on": dialect.word(told_on, on)}
        dialect.choice("state", {"off": off, "on": on}, told, at=dialect.place())
        return dialect

    def place(self, prefix: str = "") -> Place:
        """Read the options ``<prefix>_command_topic`` and so on."""
        start = f"{prefix}_" if prefix else ""
        templates = (
            f"{start}{name}" for name in ("state_template", "state_value_template", "value_template")
        )
        return Place(
            self.word(f"{start}command_topic"),
            self.word(f"{start}command_template"),
            self.word(f"{start}state_topic"),
            next(filter(None, map(self.word, templates)), ""),
        )

    def word(self, option: str, default: str = "") -> str:
        """Return an option's text."""
        value = self.config.get(option)
        return default if value is None else str(value)

    def number(self, option: str, default: float) -> float:
        """Return an option's number, which some devices write as text."""
        value = self.config.get(option)
        return default if value is None else float(value)

    def words(self, option: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return an option's list."""
        return tuple(map(str, self.config.get(option) or default))

    def choice(
        self, name: str, commanded: Mapping[str, str], told: Mapping[str, str] | None = None, *, at: Place
    ) -> None:
        """Add a property with a word for each value; at first it has the first value.

        Args:
            name: the property.
            commanded: value -> the payload that sets it; for a template, its ``value``.
            told: value -> the word that reports it; as commanded where it is left out.
            at: where.
        """
        reported = told or commanded
        if at.command:
            self.hear(at.command, at.command_template, {said: {name: v} for v, said in commanded.items()})
        if at.state:
            self.tells.append(
                Tells(name, at.state, at.state_template, lambda value: reported.get(str(value)))
            )
        if at.command or at.state:
            self.state.setdefault(name, next(iter(reported), ""))

    def modes(self, name: str, prefix: str, option: str, default: tuple[str, ...] = ()) -> None:
        """Add a property whose values are the words that ``option`` lists."""
        self.choice(name, {word: word for word in self.words(option, default)}, at=self.place(prefix))

    def hear(self, topic: str, template: str, meanings: Mapping[str, State]) -> None:
        """Let payloads mean something; behind a template, its ``value`` (``action``) is the payload."""
        heard: dict[str, State] = {}
        for said, meaning in meanings.items():
            payload = render(template, value=said, action=said, code=None) if template else said
            if payload is not None:
                heard.setdefault(normal(payload), meaning)
        self.hears.append(Hears(topic, lambda payload: heard.get(normal(payload))))

    def deed(self, topic: str, deed: str, payload: str, *, template: str = "", **sets: Value) -> None:
        """Let a payload ask for a deed, which may set properties too."""
        if topic:
            self.hear(topic, template, {payload: {DEED: deed, **sets}})

    def level(
        self,
        name: str,
        span: Span,
        first: Value,
        *,
        at: Place,
        to: Callable[[float], Value] = _plain,
        back: Callable[[Any], float] = lambda value: value,
        sets: Mapping[str, Value] | None = None,
    ) -> None:
        """Add a property with a number.

        Args:
            name: the property.
            span: what the wire takes.
            first: the value at first.
            at: where.
            to: from the wire's number to the property's value.
            back: from the value to the wire's number.
            sets: what else a command sets.
        """
        if at.command:
            number = _numbers(span, at.command_template)

            def meaning(payload: str) -> State | None:
                raw = number(payload)
                return None if raw is None else {**(sets or {}), name: to(raw)}

            self.hears.append(Hears(at.command, meaning))
        if at.state:
            self.tells.append(Tells(name, at.state, at.state_template, lambda value: text(back(value))))
        if at.command or at.state:
            self.state.setdefault(name, _plain(first) if isinstance(first, float) else first)

    def colour(
        self,
        at: Place,
        variables: tuple[str, ...],
        to: Callable[[tuple[float, ...]], Colour],
        back: Callable[[Colour], tuple[float, ...]],
    ) -> None:
        """Add the property color, written as several numbers."""
        if at.command:
            numbers = _several(at.command_template, variables)

            def meaning(payload: str) -> State | None:
                found = numbers(payload)
                return None if found is None else {"color": to(found)}

            self.hears.append(Hears(at.command, meaning))
        if at.state:
            self.tells.append(
                Tells("color", at.state, at.state_template, lambda value: text(back(value)))  # type: ignore[arg-type]
            )
        if at.command or at.state:
            self.state.setdefault("color", (255, 255, 255))


def _numbers(span: Span, template: str) -> Callable[[str], float | None]:
    """Return what finds the number in a payload; None is found where it is outside ``span``."""

    def plain(payload: str) -> float | None:
        try:
            raw = float(payload)
        except ValueError:
            return None
        return raw if span.low <= raw <= span.high else None

    @cache
    def table() -> Mapping[str, float]:
        steps = min(int((span.high - span.low) / span.step + 1e-9), _MOST_STEPS)
        found: dict[str, float] = {}
        for raw in (round(span.low + step * span.step, 6) for step in range(steps + 1)):
            for form in (_plain(raw), raw):
                payload = render(template, value=form, position=form, tilt_position=form)
                if payload is not None:
                    found.setdefault(normal(payload), raw)
        return found

    return plain if not template else lambda payload: table().get(normal(payload))


def _several(template: str, variables: tuple[str, ...]) -> Callable[[str], tuple[float, ...] | None]:
    """Return what finds several numbers in a payload, decimal or hexadecimal as the template writes them."""
    if not template:
        return lambda payload: _comma_separated(payload, len(variables))
    sample = dict(zip(variables, (*_SAMPLE, 0, 0), strict=False))
    shown = render(template, value=text(_SAMPLE), **sample) or ""
    for form, digits, base in (
        ("{}", r"(\d+)", 10),
        ("{:02x}", "([0-9a-f]{2})", 16),
        ("{:02X}", "([0-9A-F]{2})", 16),
    ):
        pattern = re.escape(normal(shown))
        for part in _SAMPLE:
            pattern = pattern.replace(re.escape(form.format(part)), digits, 1)
        if re.compile(pattern).groups == len(_SAMPLE):
            return lambda payload, pattern=pattern, base=base: _matched(payload, pattern, base)  # type: ignore[misc]
    return lambda _payload: None


def _matched(payload: str, pattern: str, base: int) -> tuple[float, ...] | None:
    match = re.fullmatch(pattern, normal(payload))
    return match and tuple(float(int(part, base)) for part in match.groups())


def _comma_separated(payload: str, count: int) -> tuple[float, ...] | None:
    try:
        numbers = tuple(float(part) for part in payload.split(","))
    except ValueError:
        return None
    return numbers if len(numbers) == count else None
