"""voiceslm as a systemd service: what installs it, takes it away again, and says how it is."""

from voiceslm.daemon.service.advice import advice
from voiceslm.daemon.service.commands import Commands
from voiceslm.daemon.service.installing import machine_plan, user_plan
from voiceslm.daemon.service.layout import UNIT, Layout
from voiceslm.daemon.service.manager import Manager, UnitState
from voiceslm.daemon.service.origin import Origin
from voiceslm.daemon.service.plan import Step, carry_out
from voiceslm.daemon.service.removing import machine_removal, user_removal

__all__ = [
    "UNIT",
    "Commands",
    "Layout",
    "Manager",
    "Origin",
    "Step",
    "UnitState",
    "advice",
    "carry_out",
    "machine_plan",
    "machine_removal",
    "user_plan",
    "user_removal",
]
