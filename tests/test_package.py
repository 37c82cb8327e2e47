"""What the package does to its process before any library is loaded."""

from __future__ import annotations

import os
import subprocess
import sys

SET = ("OPENBLAS_NUM_THREADS", "ORT_DISABLE_TELEMETRY")


def printed(code):
    env = {name: value for name, value in os.environ.items() if name not in SET}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_numpy_gets_no_threads_that_spin_beside_the_engines():
    code = "import sys, os, voiceslm; print('numpy' in sys.modules); import numpy as np; a = np.ones((400, 400)); a @ a"
    assert printed(f"{code}; print(len(os.listdir('/proc/self/task')))") == ["False", "1"]


def test_onnxruntime_is_told_not_to_report():
    code = (
        "import sys, os, voiceslm; print('onnxruntime' in sys.modules, os.environ['ORT_DISABLE_TELEMETRY'])"
    )
    assert printed(code) == ["False", "1"]
