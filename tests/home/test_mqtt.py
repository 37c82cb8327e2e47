"""The connection, against a real broker: what happens to it, and what people are told."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import random
import signal
import socket
import sys
import textwrap
from collections import Counter
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiomqtt
import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from tests.home.broker import Broker, running
from voiceslm.config import Mqtt
from voiceslm.home.backoff import Backoff
from voiceslm.home.link import LARGEST_PAYLOAD, WAITING, TidyClient, _Inbox, sound
from voiceslm.home.message import Message
from voiceslm.home.mqtt import Connection
from voiceslm.home.options import Options, options_of
from voiceslm.home.trouble import explain

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.home.broker import Certificates

PATIENCE = 10.0
"""Seconds until a test gives up waiting."""

OFFLINE = Message("voiceslm/test/availability", "offline", retain=True)
VERSIONS = ["5", "3.1.1"]


class Client:
    """A connection under test, and everything that it told."""

    def __init__(self, broker: Broker | None = None, topics: list[str] | None = None, **options: Any) -> None:
        self.messages: list[tuple[str, str, bool]] = []
        self.reports: list[str] = []
        self.connections = 0
        self.on_take: Callable[[], None] = lambda: None
        self._news = asyncio.Event()
        given: dict[str, Any] = {
            "host": "127.0.0.1",
            "client_id": "test",
            "port": broker.port if broker else 0,
        } | options
        self.mqtt = Connection(
            Options(**given),
            on_message=self._take,
            on_connected=self._connected,
            report=self._report,
            backoff=Backoff(first=0.01, longest=0.1),
        )
        self.mqtt.subscribe(topics or [])

    def _take(self, topic: str, payload: bytes, retained: bool) -> None:  # noqa: FBT001
        self.messages.append((topic, payload.decode(), retained))
        self.on_take()
        self._news.set()

    async def _connected(self) -> None:
        self.connections += 1
        self._news.set()

    def _report(self, words: str) -> None:
        self.reports.append(words)
        self._news.set()

    async def until(self, true: Callable[[], object]) -> None:
        """Wait until ``true`` is, looking again at everything that happens."""
        async with asyncio.timeout(PATIENCE):
            while not true():
                self._news.clear()
                await self._news.wait()

    async def told(self, words: str) -> str:
        """Wait for a report that has ``words`` in it, and return it."""
        await self.until(lambda: any(words in report for report in self.reports))
        return next(report for report in self.reports if words in report)

    @asynccontextmanager
    async def run(self) -> AsyncIterator[Client]:
        """Run the connection during the block, then cancel it and see it end."""
        task = asyncio.create_task(self.mqtt.run())
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.wait({task}, timeout=PATIENCE)
            assert task.cancelled()

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Client]:
        """The same, once it is connected."""
        async with self.run():
            await self.until(lambda: self.connections)
            yield self

    async def say(self, topic: str, payload: str = "", *, retain: bool = False) -> None:
        assert await self.mqtt.publish(Message(topic, payload, retain=retain), deadline=PATIENCE)


def other(broker: Broker, *topics: str) -> Client:
    """Return another client of the same broker."""
    return Client(broker, list(topics), client_id="other")


# Connecting


@pytest.mark.parametrize("version", VERSIONS)
async def test_messages_go_out_and_come_in(broker: Broker, version: str) -> None:
    async with Client(broker, ["to/#"], version=version).connected() as client:
        await client.say("to/me", "héllo")
        await client.until(lambda: client.messages)

    assert client.messages == [("to/me", "héllo", False)]
    assert client.reports == [f"connected to the broker 127.0.0.1:{broker.port}"]


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_user_with_a_password_is_let_in(guarded_broker: Broker, version: str) -> None:
    client = Client(guarded_broker, version=version, username="voice", password="open sesame")
    async with client.connected():
        assert client.mqtt.connected


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_wrong_password_is_told_and_hardly_tried_again(guarded_broker: Broker, version: str) -> None:
    client = Client(guarded_broker, version=version, username="voice", password="open barley")

    async with client.run():
        said = await client.told("wrong user name or password")

    assert f"127.0.0.1:{guarded_broker.port}" in said
    assert "Correct mqtt.username and mqtt.password" in said
    assert "barley" not in said + repr(client.mqtt.status()) + repr(Options("h", "c", password="open barley"))


async def test_tls_knows_the_broker_by_its_authority_and_shows_a_certificate(
    tmp_path, certificates: Certificates
) -> None:
    lines = [*certificates.lines("server"), "require_certificate true"]
    certificate, key = certificates.issue("client", host="voice")
    with running(tmp_path, *lines) as broker:
        client = Client(
            broker,
            host="localhost",
            tls=True,
            ca_file=str(certificates.authority),
            cert_file=str(certificate),
            key_file=str(key),
        )
        async with client.connected():
            assert client.mqtt.connected


@pytest.mark.parametrize(
    ("issued", "known", "says"),
    [
        ({"days": -1}, True, "its certificate has expired. Renew the certificate on the broker"),
        ({"host": "elsewhere"}, True, "its certificate is for another host. Set mqtt.host"),
        ({}, False, "its certificate is signed by nobody known here. Set mqtt.ca_file"),
    ],
)
async def test_a_certificate_that_proves_nothing_is_told(
    tmp_path, certificates: Certificates, issued: dict[str, Any], *, known: bool, says: str
) -> None:
    ca_file = str(certificates.authority) if known else ""
    with running(tmp_path, *certificates.lines("bad", **issued)) as broker:
        async with Client(broker, host="localhost", tls=True, ca_file=ca_file).run() as client:
            await client.told(says)


async def test_a_missing_client_certificate_is_among_what_is_suspected(
    tmp_path, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voiceslm.home.link.ANSWER_SECONDS", 0.2)
    with running(tmp_path, *certificates.lines("server"), "require_certificate true") as broker:
        client = Client(broker, host="localhost", tls=True, ca_file=str(certificates.authority))
        async with client.run():
            assert "client certificate" in await client.told("no connection")


async def test_tls_where_there_is_none_is_told(broker: Broker) -> None:
    async with Client(broker, host="localhost", tls=True).run() as client:
        await client.told("it hangs up. Correct mqtt.port and mqtt.tls")


@pytest.mark.parametrize("setting", ["ca_file", "cert_file", "key_file"])
async def test_a_file_that_cannot_be_read_is_named(
    setting: str, tmp_path, certificates: Certificates
) -> None:
    options: dict[str, Any] = {"cert_file": str(certificates.authority)} | {
        setting: str(tmp_path / "missing.pem")
    }
    async with Client(tls=True, **options).run() as client:
        assert "No such file" in await client.told(f"missing.pem (mqtt.{setting}) cannot be read")


async def test_a_file_that_is_no_certificate_is_named(tmp_path) -> None:
    (tmp_path / "x.pem").write_text("x")
    async with Client(tls=True, ca_file=str(tmp_path / "x.pem")).run() as client:
        await client.told("x.pem (mqtt.ca_file) holds no certificate")


async def test_nobody_listening_is_told(broker: Broker) -> None:
    broker.kill()
    async with Client(broker).run() as client:
        await client.told("nothing listens there. Start the broker, or correct mqtt.host and mqtt.port")


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..b", "x" * 300])
async def test_a_host_that_is_none_is_told(host: str) -> None:
    async with Client(host=host).run() as client:
        assert "mqtt.host" in await client.told("no connection to the broker")


async def test_trouble_that_stays_the_same_is_told_once(broker: Broker) -> None:
    broker.kill()
    async with Client(broker).run() as client:
        await client.told("nothing listens there")
        broker.start()
        await client.told("connected")

    assert len(client.reports) == 2


async def test_a_listener_that_stays_silent_is_told_and_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voiceslm.home.link.ANSWER_SECONDS", 0.1)
    left = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        left.set()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with server, Client(port=server.sockets[0].getsockname()[1]).run() as client:
        await client.told("it does not answer as a broker")
        async with asyncio.timeout(PATIENCE):
            await left.wait()


async def test_cancelled_while_connecting_it_leaves_no_connection_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("voiceslm.home.link.ANSWER_SECONDS", 0.3)
    met, left = asyncio.Event(), asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        met.set()
        await reader.read()
        left.set()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with server:
        async with Client(port=server.sockets[0].getsockname()[1]).run():
            await asyncio.wait_for(met.wait(), PATIENCE)
        await asyncio.wait_for(left.wait(), PATIENCE)


async def test_the_settings_say_how_to_connect(guarded_broker: Broker, tmp_path) -> None:
    (tmp_path / "password").write_text("open sesame\n")
    settings = Mqtt(
        host="127.0.0.1",
        port=guarded_broker.port,
        username="voice",
        password_file=str(tmp_path / "password"),
        version="3.1.1",
    )
    options = options_of(settings, client_id="voiceslm-test", will=OFFLINE)

    async with Client(**{name: getattr(options, name) for name in Options.__slots__}).connected() as client:
        assert client.mqtt.connected


@pytest.mark.parametrize(("tls", "port", "used"), [(False, 0, 1883), (True, 0, 8883), (True, 1, 1)])
def test_the_port_is_the_usual_one_unless_given(port: int, used: int, *, tls: bool) -> None:
    assert Options("h", "c", port=port, tls=tls).address == ("h", used)


# Leaving


async def test_the_will_is_published_when_the_process_is_killed(broker: Broker) -> None:
    script = textwrap.dedent(f"""
        import asyncio
        from voiceslm.home.message import Message
        from voiceslm.home.mqtt import Connection
        from voiceslm.home.options import Options

        async def connected():
            print("connected", flush=True)

        async def main():
            will = Message("{OFFLINE.topic}", "offline", retain=True)
            options = Options("127.0.0.1", "victim", port={broker.port}, will=will)
            await Connection(
                options, on_message=lambda *_: None, on_connected=connected, report=lambda _: None
            ).run()

        asyncio.run(main())
    """)
    async with other(broker, OFFLINE.topic).connected() as watcher:
        victim = await asyncio.create_subprocess_exec(
            sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE
        )
        assert victim.stdout is not None
        assert await asyncio.wait_for(victim.stdout.readline(), PATIENCE) == b"connected\n"

        os.kill(victim.pid, signal.SIGKILL)

        await watcher.until(lambda: watcher.messages)
        await victim.wait()
    assert watcher.messages == [(OFFLINE.topic, "offline", False)]


async def test_leaving_in_good_order_says_what_the_will_would(broker: Broker) -> None:
    async with other(broker, OFFLINE.topic).connected() as watcher:
        async with Client(broker, will=OFFLINE).connected():
            pass
        await watcher.until(lambda: watcher.messages)

    assert watcher.messages == [(OFFLINE.topic, "offline", False)]


async def test_leaving_a_broker_that_stands_still_takes_a_second_at_most(broker: Broker) -> None:
    async with Client(broker, will=OFFLINE).connected():
        broker.pause()
        before = asyncio.get_running_loop().time()

    assert asyncio.get_running_loop().time() - before < 2.0


# What happens to the broker


async def test_after_a_restart_it_subscribes_and_announces_again(broker: Broker) -> None:
    async with Client(broker, ["to/me"]).connected() as client:
        broker.kill()
        await client.told("the connection broke")
        assert not client.mqtt.connected

        broker.start()
        await client.until(lambda: client.connections == 2)
        async with other(broker).connected() as sender:
            await sender.say("to/me", "again")
        await client.until(lambda: client.messages)

    assert client.messages == [("to/me", "again", False)]


async def test_what_is_published_while_away_is_refused_and_never_sent(broker: Broker) -> None:
    async with Client(broker).connected() as client:
        broker.kill()
        await client.told("the connection broke")

        assert not await client.mqtt.publish(Message("lamp/set", "ON", qos=1), deadline=PATIENCE)

        broker.start()
        async with other(broker, "#").connected() as watcher:
            await client.until(lambda: client.connections == 2)
            await client.say("marker")
            await watcher.until(lambda: watcher.messages)
    assert watcher.messages == [("marker", "", False)]
    assert client.mqtt.status()["not_published"] == 1


async def test_what_is_published_as_the_broker_dies_is_refused_and_never_sent(broker: Broker) -> None:
    async with Client(broker).connected() as client:
        broker.pause()
        publishing = [
            asyncio.create_task(client.mqtt.publish(Message("lamp/set", "ON"), deadline=PATIENCE))
            for _ in range(30)
        ]
        await asyncio.sleep(0)
        broker.kill()

        assert not any(await asyncio.gather(*publishing))

        broker.start()
        async with other(broker, "#").connected() as watcher:
            await client.until(lambda: client.connections == 2)
            await client.say("marker")
            await watcher.until(lambda: watcher.messages)
    assert watcher.messages == [("marker", "", False)]


async def test_a_broker_that_stands_still_takes_nothing_by_the_deadline(broker: Broker) -> None:
    async with Client(broker).connected() as client:
        broker.pause()
        before = asyncio.get_running_loop().time()

        taken = await asyncio.gather(
            *(client.mqtt.publish(Message("lamp/set", "ON"), deadline=0.2) for _ in range(20))
        )

        assert not any(taken)
        assert asyncio.get_running_loop().time() - before < 1.0
        broker.resume()
        await client.until(lambda: client.connections == 2)
        await client.say("lamp/set", "OFF")


@pytest.mark.parametrize("version", VERSIONS)
async def test_what_a_broker_that_stood_still_was_sent_is_not_delivered_when_it_goes_on(
    broker: Broker, version: str
) -> None:
    async with (
        other(broker, "lamp/#").connected() as watcher,
        Client(broker, version=version).connected() as client,
    ):
        broker.pause()
        await asyncio.gather(
            *(client.mqtt.publish(Message(f"lamp/{i}", "ON"), deadline=0.2) for i in range(30))
        )
        await client.told("it takes no messages")
        broker.resume()
        await client.until(lambda: client.connections == 2)
        await client.say("lamp/marker")
        await watcher.until(lambda: watcher.messages and watcher.messages[-1][0] == "lamp/marker")

    assert watcher.messages == [("lamp/marker", "", False)]


async def test_a_broker_that_knows_no_quality_of_service_2_is_sent_less_from_the_next_connection_on(
    tmp_path,
) -> None:
    with running(tmp_path, "allow_anonymous true", "max_qos 1") as broker:
        async with Client(broker).connected() as client:
            assert not await client.mqtt.publish(Message("lamp/set", "ON"), deadline=PATIENCE)
            await client.until(lambda: client.connections == 2)

            await client.say("lamp/set", "ON")


async def test_a_broker_that_stands_still_is_noticed_by_keepalive(broker: Broker) -> None:
    async with Client(broker, keepalive=1).connected() as client:
        broker.pause()
        await client.told("no connection")
        assert not client.mqtt.connected


async def test_a_second_client_of_the_same_name_is_suspected(broker: Broker) -> None:
    async with Client(broker).connected() as client, Client(broker).connected():
        assert "two clients of one mqtt.id" in await client.told("the connection broke")


def test_a_broker_that_tells_of_a_second_client_is_believed() -> None:
    taken_over = ReasonCode(PacketTypes.DISCONNECT, identifier=142)
    assert "Give each assistant its own mqtt.id" in str(explain(aiomqtt.MqttCodeError(taken_over)))


# Subscriptions


async def test_what_is_wanted_later_is_subscribed_to_and_what_no_longer_is_not(broker: Broker) -> None:
    async with Client(broker, ["a"]).connected() as client, other(broker).connected() as sender:
        await sender.say("b", "kept", retain=True)
        client.mqtt.subscribe(["b"])
        client.mqtt.subscribe(["c"], group="presence")
        await client.until(lambda: client.messages)
        for topic in "acb":
            await sender.say(topic, "live")
        await client.until(lambda: len(client.messages) == 3)

    assert client.messages == [("b", "kept", True), ("c", "live", False), ("b", "live", False)]


async def test_thousands_of_topics_are_subscribed_to(broker: Broker) -> None:
    topics = [f"device/{number}/state" for number in range(5000)]
    async with Client(broker, topics).connected() as client, other(broker).connected() as sender:
        await sender.say(topics[0])
        await sender.say(topics[-1])
        await client.until(lambda: len(client.messages) == 2)


@pytest.mark.parametrize(
    "topic", ["", "a\x00b", "a\nb", "a#", "a/#/b", "a+/b", "\ud800", "\uffff", "x" * 2000, "/" * 250]
)
async def test_a_topic_that_a_broker_hangs_up_for_never_reaches_it(broker: Broker, topic: str) -> None:
    async with Client(broker, [topic, "good"]).connected() as client:
        assert not await client.mqtt.publish(Message(topic, "x"), deadline=PATIENCE)
        await client.say("good", "still here")
        await client.until(lambda: client.messages)

    assert not sound(topic)
    assert client.connections == 1


async def test_a_topic_with_a_wildcard_is_not_published_to(broker: Broker) -> None:
    async with Client(broker).connected() as client:
        assert not await client.mqtt.publish(Message("lamp/+/set", "ON"), deadline=PATIENCE)
        assert client.mqtt.connected


async def test_a_refused_subscription_is_told(tmp_path) -> None:
    with running(tmp_path, "allow_anonymous true", *only_subscribed(tmp_path, "open/#")) as broker:
        async with Client(broker, ["open/#", "shut/#"]).connected() as client:
            await client.told("the broker refuses 1 topics, such as shut/#")


def only_subscribed(folder: Path, topic: str) -> list[str]:
    """Return mosquitto's configuration that lets anybody subscribe to ``topic`` only."""
    plugin = next(Path("/usr/lib").glob("*/mosquitto_dynamic_security.so"), None)
    if plugin is None:
        pytest.skip("mosquitto has no plugin that refuses subscriptions")
    acl = {"acltype": "subscribePattern", "topic": topic, "allow": True}
    rules = {
        "defaultACLAccess": {"subscribe": False},
        "roles": [{"rolename": "some", "acls": [acl]}],
        "groups": [{"groupname": "all", "roles": [{"rolename": "some"}]}],
        "anonymousGroup": "all",
    }
    (folder / "rules.json").write_text(json.dumps(rules))
    return [f"plugin {plugin}", f"plugin_opt_config_file {folder / 'rules.json'}"]


# Too much


async def test_a_burst_leaves_others_on_the_loop_their_turn(broker: Broker) -> None:
    turns = 0
    at_message: list[int] = []

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async with other(broker).connected() as sender:
        await asyncio.gather(*(sender.say(f"burst/{i}", "x", retain=True) for i in range(5000)))
        client = Client(broker, ["burst/#"])
        client.on_take = lambda: at_message.append(turns)
        background = asyncio.create_task(others())
        async with client.run():
            await client.until(lambda: len(at_message) == 5000)
        background.cancel()

    assert max(Counter(at_message).values()) < 2500
    assert len(set(at_message)) > 50


@pytest.mark.parametrize("version", VERSIONS)
async def test_an_oversized_payload_is_dropped(broker: Broker, version: str) -> None:
    async with Client(broker, ["#"], version=version).connected() as client:
        async with other(broker).connected() as sender:
            await sender.say("large", "x" * (2 * LARGEST_PAYLOAD))
            await sender.say("small", "x")
        await client.until(lambda: client.messages)

    assert client.messages == [("small", "x", False)]
    assert client.mqtt.status()["dropped_large"] == (1 if version == "3.1.1" else 0), (
        "MQTT 5's broker keeps it"
    )


def incoming(payload: bytes) -> aiomqtt.Message:
    return aiomqtt.Message("t", payload, qos=0, retain=False, mid=0, properties=None)


async def test_when_too_many_wait_the_oldest_goes() -> None:
    counts: Counter[str] = Counter()
    inbox = _Inbox(counts)

    for number in range(WAITING + 2):
        inbox.put_nowait(incoming(str(number).encode()))

    assert (await inbox.get()).payload == b"2"
    assert counts == {"full": 2}


async def test_when_too_much_waits_the_oldest_goes() -> None:
    counts: Counter[str] = Counter()
    inbox = _Inbox(counts)

    for _ in range(100):
        inbox.put_nowait(incoming(b"x" * LARGEST_PAYLOAD))

    assert (inbox.qsize(), counts["full"]) == (32, 68)


# Trying again


def test_waits_double_up_to_the_longest_and_begin_anew() -> None:
    backoff = Backoff(rng=random.Random(1))

    waits = [backoff.wait() for _ in range(8)]

    for wait, longest in zip(waits, [1, 2, 4, 8, 15, 15, 15, 15], strict=True):
        assert longest / 2 <= wait <= longest
    backoff.reset()
    assert backoff.wait() <= 1


def test_trouble_that_lasts_is_waited_for_longest() -> None:
    assert 30 <= Backoff().wait(lasting=True) <= 60


async def test_nothing_is_written_to_a_socket_that_was_closed_meanwhile():
    loop = asyncio.get_running_loop()
    failures = []
    loop.set_exception_handler(lambda _, context: failures.append(context["message"]))
    client = TidyClient("127.0.0.1")
    ours, theirs = socket.socketpair()

    client._on_socket_register_write(None, None, ours)
    ours.close()
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert not failures
    theirs.close()


async def test_a_connection_that_breaks_while_nobody_reads_leaves_no_error_behind(broker):
    failures = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(context["message"]))
    with contextlib.suppress(aiomqtt.MqttError):
        async with TidyClient("127.0.0.1", broker.port) as client:
            broker.kill()
            async with asyncio.timeout(PATIENCE):
                while not client._disconnected.done():  # noqa: ASYNC110 - aiomqtt tells no one
                    await asyncio.sleep(0.01)
    del client
    gc.collect()
    await asyncio.sleep(0)
    assert failures == []
