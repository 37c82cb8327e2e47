"""voiceslm: a voice assistant in one process, thinking with a small language model on your own device."""

import os
from importlib.metadata import version

__version__ = version("voiceslm")

# onnxruntime, which runs the voice, would report its use to its maker, and keep a file of it, unless told not
# to before it loads.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

# numpy's OpenBLAS, asked for a tenth of a millisecond of work, lets its other threads spin for 0.1 s in wait
# of more: on a core that the turn model and the language model need at that moment (docs/latency.md).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
