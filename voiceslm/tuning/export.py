"""An adapter as llama.cpp reads it: a GGUF file with two matrices for each that is adapted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gguf
import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from voiceslm.tuning.base import Shape
    from voiceslm.tuning.lora import Lora


def write_adapter(path: Path, lora: Lora, shape: Shape, *, name: str) -> None:
    """Write ``lora`` to ``path``, in float16: half as much to read for each token.

    Raises:
        OSError: it cannot be written.
    """
    writer = gguf.GGUFWriter(path, shape.architecture)
    writer.add_type("adapter")
    writer.add_name(name)
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", lora.alpha)
    for weight in lora.a:
        for part, matrix in (("lora_a", lora.a[weight]), ("lora_b", lora.b[weight])):
            values = matrix.detach().cpu().numpy().astype(np.float16)
            writer.add_tensor(f"{weight}.{part}", values)
    try:
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
    finally:
        writer.close()
