"""The program's TorchScript in Python: the same sources, packed and set up as Java does it, with a mark at each branch."""

import contextlib
import io
import pathlib
import re
import sys
import zipfile

import torch

RESOURCES = pathlib.Path(__file__).parents[3] / "main/resources/io/longrope/evaluator"
SOURCES = ("decoder/decoder.py.txt", "decoder/attention.py.txt", "training/training.py.txt")
# only where PyTorch has CUDA's libraries
STREAMS = "decoder/streams.py.txt"
MARK = "@branch "


def read(names=SOURCES):
    return {name: (RESOURCES / name).read_text(encoding="utf-8") for name in names}


def marked(name, source):
    """The source with a statement that prints its place at the start of each method, branch and loop, and those places."""
    lines, places, out, method = source.split("\n"), {}, [], ""
    for number, line in enumerate(lines, 1):
        out.append(line)
        code = line.split("#")[0].rstrip()
        start = re.match(r"  def (\w+)\(", line)
        method = start.group(1) if start else method
        opens = re.match(r"( +)(if|elif|else|for|while)\b.*:$", code)
        if opens or re.search(r"-> [\w\[\], ]+:$", code):
            place = f"{name.split('/')[-1]}:{number}"
            places[place] = f"{method}: {line.strip() if opens else 'begin' + line[len(code):]}"
            out.append(f"{opens.group(1) if opens else '  '}  print(\"{MARK}{place}\")")
    return "\n".join(out), places


class Script:
    """Methods by name; `reached` are the marks that were passed."""

    def __init__(self, sources, mark=True):
        self.places, self.reached, parts = {}, set(), []
        for name, source in sources.items():
            if mark:
                source, places = marked(name, source)
                self.places.update(places)
            parts.append(source)
        self.module = self._load("class Decoder(Module):\n  __parameters__ = []\n  __buffers__ = []\n" + "\n".join(parts))

    @staticmethod
    def _load(source):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as out:
            out.writestr("archive/data.pkl", "\u0080\u0002c__torch__\nDecoder\n)\u0081}b.".encode("latin1"))
            out.writestr("archive/code/__torch__.py", source)
            out.writestr("archive/constants.pkl", "\u0080\u0002).".encode("latin1"))
            out.writestr("archive/version", "10\n")
        archive.seek(0)
        torch._C._jit_set_texpr_fuser_enabled(False)
        module = torch.jit.load(archive)
        # as the program has it; otherwise the first run records shapes and the second is another program
        torch._C._set_graph_executor_optimize(False)
        return module

    def __getattr__(self, method):
        function = getattr(self.module, method)

        def call(*arguments):
            with contextlib.redirect_stdout(self):
                return function(*arguments)
        return call

    def write(self, text):
        for line in text.split("\n"):
            if line.startswith(MARK):
                self.reached.add(line[len(MARK):])
            elif line:
                sys.__stdout__.write(line + "\n")

    def flush(self):
        sys.__stdout__.flush()

    def missed(self):
        """Places a GPU can come to that were not reached."""
        return {place: what for place, what in self.places.items() if place not in self.reached and not for_the_cpu(what)}


def for_the_cpu(what):
    condition = what.split("if ", 1)[-1]
    return "on the CPU" in what or "ops.prim.is_cpu" in condition and "__not__(ops.prim.is_cpu" not in condition and " or " not in condition
