"""What tests of the home share."""

from tests.home.broker import broker, certificates, guarded_broker

__all__ = ["broker", "certificates", "guarded_broker"]
