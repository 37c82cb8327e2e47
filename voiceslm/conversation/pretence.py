"""Sentences that the language model must not answer in conversation: it would claim to have obeyed. Pure.

Asked to "turn the holy light off", a small model says "The holy light is off." whatever it was told about
itself. English only.
"""

from __future__ import annotations

import re

UNKNOWN = "I didn't understand which device you mean."
NO_DEVICES = "I have no devices to control."

_COMMAND = re.compile(
    r"""^(?:(?:please|and|now|then|so|hey|ok|okay|just|(?:can|could|would|will)\ you|i\ want\ you\ to)[,\s]+)*
    (?: (?:turn|switch|power|shut)\s(?:.*\s)?(?:on|off|up|down|out)\b
      | (?:dim|brighten|unlock|lock|mute|unmute|toggle|deactivate|disarm|arm)\s\w+
      | (?:open|close|shut|raise|lower)\s(?:the|my|our|all)\s\w+
      | (?:set|change|make|adjust|turn)\s(?:.*\s)?(?:to\s)?\d+(?:\.\d+)?\s?(?:percent|%|degrees?|kelvin)
      | (?:set|change|make|turn)\sthe\s.*\b(?:red|orange|yellow|green|blue|purple|pink|white)\b
      | make\s(?:it|the\s.*)\s(?:warmer|cooler|colder|brighter|darker|louder|quieter)\b
      | (?:\w+\s){1,4}(?:lights?|lamps?|fan|blinds?|curtains?|heating)\s(?:on|off)\b )""",
    re.IGNORECASE | re.VERBOSE,
)


def is_command(text: str) -> bool:
    """Say whether ``text`` tells somebody to do something to a device."""
    return bool(_COMMAND.match(text.strip()))
