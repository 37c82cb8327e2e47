"""What is wrong with this machine, its settings and its home, why, and what mends it.

Each module looks at one subject: it gathers facts at the edge, and a pure ``judge`` turns them into findings.
"""

from voiceslm.daemon.doctor.case import Case, take_up
from voiceslm.daemon.doctor.examine import examine
from voiceslm.daemon.doctor.finding import Finding, Level, document

__all__ = ["Case", "Finding", "Level", "document", "examine", "take_up"]
