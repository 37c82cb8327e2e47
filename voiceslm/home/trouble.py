"""Why there is no connection to the broker, in words, with what to do about it."""

from __future__ import annotations

import socket
import ssl

import aiomqtt
from paho.mqtt.reasoncodes import ReasonCode

from voiceslm.errors import Problem

_REFUSALS = {
    132: ("it does not speak this version of MQTT", "Set mqtt.version to the other one"),
    133: ("it does not take this client's name", 'Set mqtt.id, or mqtt.version = "5"'),
    134: ("wrong user name or password", "Correct mqtt.username and mqtt.password"),
    135: ("wrong user name or password, or not allowed", "Correct mqtt.username and mqtt.password"),
    136: ("it is not available", "Look at the broker's log"),
    137: ("it is busy", "Look at the broker's log"),
    138: ("this client is banned", "Look at the broker's log"),
}
"""Reason codes of a refused connection (MQTT 5.0, 3.2.2.2), which those of 3.1.1 are translated to."""

REFUSED = frozenset(_REFUSALS) - {136, 137}
"""The refusals that nothing but a changed setting ends."""

NOT_EXACTLY_ONCE = 155
"""The broker does not support the quality of service (MQTT 5.0, 3.14.2.1)."""

TAKEN_OVER = 142
"""The broker has let go of this client since another connected under its name (MQTT 5.0, 3.14.2.1)."""

_CERTIFICATES = {
    9: ("its certificate is not valid yet", "Set this machine's clock, or make a new certificate"),
    10: ("its certificate has expired", "Renew the certificate on the broker"),
    62: ("its certificate is for another host", "Set mqtt.host to a name in the certificate"),
    64: ("its certificate is for another address", "Set mqtt.host to a name in the certificate"),
}
"""OpenSSL's verification results (x509_vfy.h) that are not for want of the right authority."""

_UNKNOWN_AUTHORITY = (
    "its certificate is signed by nobody known here",
    "Set mqtt.ca_file to the certificate of the authority that signed it",
)

SILENT = Problem(
    "it does not answer as a broker",
    "Correct mqtt.host, mqtt.port and mqtt.version; it may also want TLS or a client certificate (mqtt.tls, "
    "mqtt.cert_file)",
)


STALLED = Problem("it takes no messages", "Look at the broker, and at the network on the way to it")

BROKEN = 128
"""paho's "unspecified error": the connection ended without a word."""


class Stalled(aiomqtt.MqttError):
    """The broker does not acknowledge what it is sent."""


def lasting(error: BaseException) -> bool:
    """Tell whether only a changed setting helps, so that there is no hurry to try again."""
    return (
        isinstance(error, Problem)
        or isinstance(error.__context__, ssl.SSLCertVerificationError)
        or getattr(_reason(error), "value", None) in REFUSED
    )


def refuses_exactly_once(error: BaseException) -> bool:
    """Tell whether the broker has hung up since it does not know that quality of service."""
    return getattr(_reason(error), "value", None) == NOT_EXACTLY_ONCE


def explain(error: BaseException) -> Problem:
    """Return what went wrong with the broker ("it"), and how to mend it.

    aiomqtt wraps what the system raises, and keeps it as the context of its own error.
    """
    if isinstance(error, Problem):
        return error
    origin = error.__context__
    if isinstance(origin, OSError) and origin.args:
        return _of_the_system(origin)
    reason = _reason(error)
    if reason is None:  # asyncio's own TimeoutError, the one OSError without arguments
        return STALLED if isinstance(error, Stalled) else SILENT
    if reason.value in _REFUSALS:
        return Problem(*_REFUSALS[reason.value])
    if reason.value == TAKEN_OVER:
        return Problem("another client goes by this one's name", "Give each assistant its own mqtt.id")
    why = "" if reason.value == BROKEN else f" ({str(reason).lower()})"
    return Problem(
        f"the connection broke{why}",
        "If it goes on so, look at the broker's log; two clients of one mqtt.id drive each other out",
    )


def _of_the_system(error: OSError) -> Problem:
    """Explain what came of opening a connection."""
    match error:
        case ssl.SSLCertVerificationError():
            words = _CERTIFICATES.get(error.verify_code, _UNKNOWN_AUTHORITY)
        case ssl.SSLError(reason="WRONG_VERSION_NUMBER"):
            words = ("it speaks no TLS there", 'Correct mqtt.port, or set mqtt.tls = "off"')
        case ssl.SSLEOFError() | ConnectionResetError():
            words = ("it hangs up", "Correct mqtt.port and mqtt.tls: with TLS the port is another one")
        case ssl.SSLError():
            words = (f"TLS failed ({error.reason})", "It may want a client certificate: set mqtt.cert_file")
        case socket.gaierror():
            words = ("its host cannot be found", "Correct mqtt.host, or look at the network")
        case ConnectionRefusedError():
            words = ("nothing listens there", "Start the broker, or correct mqtt.host and mqtt.port")
        case TimeoutError():
            words = ("nobody answers there", "Start the broker, or correct mqtt.host and mqtt.port")
        case _:
            words = (error.strerror or str(error), "Correct mqtt.host and mqtt.port, or look at the network")
    return Problem(*words)


def _reason(error: BaseException) -> ReasonCode | None:
    """Return the reason that the broker, or paho, has given; None where there is none."""
    for told in (error, error.__cause__):
        if isinstance(told, aiomqtt.MqttCodeError) and isinstance(told.rc, ReasonCode):
            return told.rc
    return None
