"""A driver on the bench: changes in, payloads out, and a device that reports what it was told."""

from __future__ import annotations

from voiceslm.entities import Change
from voiceslm.home.drivers import driver_for


def driver(kind, **config):
    return driver_for(kind, config)


def sent(driver, wants=None, state=None, deed=""):
    """Return the topics and payloads that bring a change about."""
    messages = driver.write(Change("a.thing", wants or {}, deed), state or {})
    return [(message.topic, message.payload) for message in messages]


def echoed(driver, wants, echo, state=None):
    """Return what the driver reads once a device has reported each command as `echo` says.

    `echo` is command topic -> state topic, or a function from topic and payload to reports.
    """
    known = dict(state or {})
    for topic, payload in sent(driver, wants, state):
        reports = echo(topic, payload) if callable(echo) else [(echo[topic], payload)]
        for report in reports:
            known |= driver.read(*report)
    return known
