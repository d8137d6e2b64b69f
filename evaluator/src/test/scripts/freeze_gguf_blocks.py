"""Freezes what the Python package gguf makes of blocks of random bytes, of each type that is read here.

    pip install gguf numpy
    python evaluator/src/test/scripts/freeze_gguf_blocks.py

Writes evaluator/src/test/resources/io/longrope/evaluator/checkpoint/blocks/TYPE.bin: the number of bytes as int32, the bytes of whole
blocks, then the float32 values they stand for; all little-endian. Frozen with gguf 0.19.0.
"""
import pathlib
import struct

import gguf
import numpy as np
from gguf.quants import dequantize

OUTPUT = pathlib.Path(__file__).resolve().parents[1] / "resources/io/longrope/evaluator/checkpoint/blocks"
# where the 16-bit scales of a block lie
SCALES = {"Q8_0": [0], "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q2_K": [80, 82], "Q3_K": [108], "Q4_K": [0, 2],
          "Q5_K": [0, 2], "Q6_K": [208]}


def blocks(name: str, random: np.random.Generator) -> np.ndarray:
    if name in ("F32", "F16", "BF16"):
        values = random.normal(size=64).astype(np.float32)
        if name == "BF16":
            return (values.view(np.uint32) >> 16).astype(np.uint16).view(np.uint8)
        return values.astype(np.float16 if name == "F16" else np.float32).view(np.uint8)
    elements, size = gguf.GGML_QUANT_SIZES[gguf.GGMLQuantizationType[name]]
    stored = random.integers(0, 256, (768 // elements if elements == 256 else 4, size), dtype=np.uint8)
    for place in SCALES[name]:
        # of either sign, tiny ones (subnormal in 16 bits) among them
        scales = (random.normal(size=len(stored)) * 10.0 ** random.integers(-6, 1, len(stored))).astype(np.float16)
        stored[:, place:place + 2] = scales.view(np.uint8).reshape(-1, 2)
    return stored.reshape(-1)


def main() -> None:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(7)
    for name in ["F32", "F16", "BF16", *SCALES]:
        stored = blocks(name, random)
        kind = gguf.GGMLQuantizationType[name]
        plain = {"F32": np.float32, "F16": np.float16}
        values = dequantize(stored.view(plain[name]) if name in plain else stored, kind).astype("<f4")
        (OUTPUT / f"{name}.bin").write_bytes(struct.pack("<i", stored.nbytes) + stored.tobytes() + values.tobytes())


if __name__ == "__main__":
    main()
