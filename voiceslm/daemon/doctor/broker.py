"""The broker: found, answering, trusted, and allowing what the assistant has to do there."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import ssl
import uuid
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiomqtt

from voiceslm.daemon.doctor.finding import advice, broken, ok, trouble
from voiceslm.errors import Problem
from voiceslm.home.discovery import discovery_filters
from voiceslm.home.link import Link
from voiceslm.home.message import Message
from voiceslm.home.options import options_of, tls_context
from voiceslm.home.topics import Topics, identity
from voiceslm.home.trouble import explain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from voiceslm.config import Mqtt
    from voiceslm.daemon.doctor.case import Case
    from voiceslm.daemon.doctor.finding import Finding

PATIENCE = 3.0
"""Seconds for the broker to do what takes a moment."""

RETAINED_SECONDS = 1.0
"""Longest wait for the first device that announces itself: a broker sends what it keeps at once."""

OPEN_SECONDS = 12.0
"""Longest wait for a connection; the name's look-up alone may take some."""

LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Facts:
    """What came of a visit."""

    mqtt: Mqtt
    address: str
    """Host and port."""

    id: str
    """The assistant's in its topics."""

    failed: str = ""
    """What the connection failed at: secret, files, host, reach, tls, login; empty: it stands."""

    why: Problem | None = None
    refused: tuple[str, ...] = ()
    """Topics to which it may not subscribe."""

    own: bool = False
    """What it published to its own topic came back."""

    announcing: bool = False
    """The same below the discovery prefix."""

    devices: bool = False
    """Some device announces itself."""


def check(case: Case) -> Iterator[Finding]:
    """Visit the broker, if there is one."""
    if not case.settings.mqtt.host:
        if case.loaded is not None:
            yield ok("broker.configured", "no home: no broker is configured (mqtt.host)")
        return
    facts = asyncio.run(visit(case.settings.mqtt))
    if facts.failed in ("secret", "login") and case.daemon and case.daemon.get("home", {}).get("connected"):
        # Its password may be a credential, which only the service itself gets.
        yield ok("broker.reach", f"the running voiceslm is connected to the broker {facts.address}")
        return
    yield from judge(facts)


async def visit(mqtt: Mqtt) -> Facts:
    """Connect beside the running assistant, if any, and try what it needs."""
    name = identity(mqtt.id, socket.gethostname())
    options = options_of(mqtt, client_id=f"voiceslm-{name}-doctor-{os.getpid()}")
    address = "{}:{}".format(*options.address)
    try:
        password = options.secret()
    except Problem as problem:
        return Facts(mqtt, address, name, "secret", problem)
    try:
        context = tls_context(options)
    except Problem as problem:
        return Facts(mqtt, address, name, "files", problem)
    link = Link(options, password, context, Counter(), revocable=False)
    try:
        async with asyncio.timeout(OPEN_SECONDS):
            await link.open()
    except (aiomqtt.MqttError, Problem, TimeoutError) as error:
        return Facts(mqtt, address, name, _stage(error), explain(error))
    try:
        return await _try(link, mqtt, address, name)
    except aiomqtt.MqttError as error:
        return Facts(mqtt, address, name, "reach", explain(error))
    finally:
        await link.close()


async def _try(link: Link, mqtt: Mqtt, address: str, name: str) -> Facts:
    """Subscribe, publish and see what comes back."""
    own, announcing = (
        Topics(mqtt.topic_prefix, name)["doctor"],
        f"{mqtt.discovery_prefix}/voiceslm/{name}/doctor",
    )
    word = uuid.uuid4().hex
    came: set[str] = set()
    changed = asyncio.Event()

    def take(message: aiomqtt.Message) -> None:
        topic = message.topic.value
        mine = topic in (own, announcing)
        if not mine or message.payload == word.encode():
            came.add(topic if mine else "device")
        changed.set()

    receiving = asyncio.create_task(link.receive(take))
    try:
        filters = [own, announcing, *discovery_filters(mqtt.discovery_prefix)]
        async with asyncio.timeout(PATIENCE):
            refused = await link.subscribe(filters)
        sending = [
            asyncio.create_task(link.publish(Message(topic, word), PATIENCE)) for topic in (own, announcing)
        ]
        await _until(lambda: {own, announcing} <= came, changed, PATIENCE)
        await _until(lambda: "device" in came, changed, RETAINED_SECONDS)
        for task in sending:
            task.cancel()
    except TimeoutError:
        return Facts(mqtt, address, name, "reach", explain(TimeoutError()))
    finally:
        receiving.cancel()
        await asyncio.gather(receiving, return_exceptions=True)
    return Facts(
        mqtt,
        address,
        name,
        refused=tuple(refused),
        own=own in came,
        announcing=announcing in came,
        devices="device" in came,
    )


async def _until(condition: Callable[[], bool], changed: asyncio.Event, seconds: float) -> None:
    """Wait until ``condition`` holds, for ``seconds`` at most."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while not condition():
                changed.clear()
                await changed.wait()


def _stage(error: BaseException) -> str:
    """Return at what a connection failed."""
    match error.__context__:
        case ssl.SSLError():
            return "tls"
        case socket.gaierror():
            return "host"
    return "login" if isinstance(error, aiomqtt.MqttCodeError) else "reach"


_FAILED = {
    "files": "a file of the broker's settings cannot be read",
    "host": "the broker's host {} cannot be found",
    "reach": "the broker {} cannot be reached",
    "tls": "no safe connection to the broker {}",
    "login": "the broker {} refuses the assistant",
}


def judge(facts: Facts) -> Iterator[Finding]:
    """Say what the visit showed."""
    if facts.failed == "secret":
        yield advice(
            "broker.reach",
            f"the broker {facts.address} was not tried",
            "its password cannot be read, as said above",
            "Mend that first; then type: voiceslm doctor",
        )
        return
    if facts.why is not None:
        what = _FAILED[facts.failed].format(facts.address)
        cause, mend = facts.why.cause, facts.why.remedy
        if facts.failed == "reach" and facts.mqtt.host in LOCAL:
            mend += ". Here: sudo systemctl restart mosquitto"
        yield trouble(f"broker.{facts.failed}", what, Problem(cause, mend))
        return
    yield ok("broker.reach", f"the broker {facts.address} takes the assistant")
    yield _own(facts)
    yield _discovery(facts)


def _own(facts: Facts) -> Finding:
    below = f"{facts.mqtt.topic_prefix}/{facts.id}/#"
    if facts.own:
        return ok("broker.own", f"it may publish and read below {below}")
    refused = any(topic.startswith(facts.mqtt.topic_prefix) for topic in facts.refused)
    return broken(
        "broker.own",
        f"the assistant may not use its own topics, {below}",
        "the broker refuses it to subscribe there"
        if refused
        else "what it published there did not come back: the broker's access list (ACL) keeps it from it",
        f"Allow it in the broker's access list; mosquitto: {_acl(facts, f'topic readwrite {below}')}",
    )


def _discovery(facts: Facts) -> Finding:
    check, prefix = "broker.discovery", facts.mqtt.discovery_prefix
    refused = [topic for topic in facts.refused if topic in discovery_filters(prefix)]
    allow = f"Allow it; mosquitto: {_acl(facts, f'topic readwrite {prefix}/#')}"
    if refused:
        return broken(
            check, "the assistant may not see the devices", f"the broker refuses it {refused[0]}", allow
        )
    if not facts.announcing:
        seen = "sees devices, but " if facts.devices else ""
        return advice(
            check,
            f"the assistant {seen}may not read and publish below {prefix}/",
            "what it published there did not come back: it cannot announce itself, and may see no device",
            allow,
        )
    if not facts.devices:
        return advice(
            check,
            "no device announces itself",
            f"nothing is retained below {prefix}/ on this broker",
            "Switch MQTT discovery on where your devices are, such as in Zigbee2MQTT; see docs/mqtt.md",
        )
    return ok(check, f"devices announce themselves below {prefix}/")


def _acl(facts: Facts, line: str) -> str:
    return f"user {facts.mqtt.username}, {line}" if facts.mqtt.username else line
