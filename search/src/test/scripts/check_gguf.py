#!/usr/bin/env python3
"""Reads a GGUF file that `longrope export --to gguf` wrote with the `gguf` package and compares it with its source.

usage: check_gguf.py SOURCE EXPORTED     (needs gguf and numpy)

Prints what differs: the rope keys and factor tensors. Fails when anything else does.
"""
import sys

import numpy as np
from gguf import GGUFReader

TABLES = {"rope_freqs.weight", "rope_factors_long.weight", "rope_factors_short.weight"}


def value(field):
    return field.contents() if hasattr(field, "contents") else field.parts[field.data[0]].tolist()


def changes(source, exported):
    """(name, before, after) of everything that differs."""
    for key in sorted(set(source.fields) | set(exported.fields)):
        before, after = (value(r.fields[key]) if key in r.fields else None for r in (source, exported))
        if before != after and not key.startswith("GGUF."):
            yield key, before, after
    tensors = [{t.name: t for t in reader.tensors} for reader in (source, exported)]
    for name in sorted(set(tensors[0]) | set(tensors[1])):
        before, after = (t.get(name) for t in tensors)
        same = before is not None and after is not None and before.tensor_type == after.tensor_type \
            and list(before.shape) == list(after.shape) and np.array_equal(before.data.view(np.uint8), after.data.view(np.uint8))
        if not same:
            yield name, *(None if t is None else t.data.tolist() for t in (before, after))


def main():
    failed = False
    for name, before, after in changes(GGUFReader(sys.argv[1]), GGUFReader(sys.argv[2])):
        expected = name in TABLES or ".rope.scaling." in name or name.endswith(".context_length")
        failed |= not expected
        print(f"{'' if expected else 'UNEXPECTED '}{name}: {before} -> {after}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
