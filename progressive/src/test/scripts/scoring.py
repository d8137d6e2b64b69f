"""What scripts that score candidates by `longrope score` share: how they ask, and how two candidates are compared."""
import json
import math
import os
import pathlib
import shlex
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[4]
COMMAND = shlex.split(os.environ.get("LONGROPE_COMMAND", str(ROOT / "longrope")))


def command(model: str, length: int, share: str, options: list[str]) -> list[str]:
    return [*COMMAND, "score", model, "--length", str(length), "--share", share, *options]


def answers(model: str, length: int, share: str, candidates: list[dict], options: list[str]) -> list[dict]:
    """What it says of each of many candidates, scored beside each other with --workers."""
    lines = "".join(json.dumps(candidate) + "\n" for candidate in candidates)
    run = subprocess.run(command(model, length, share, options), input=lines, stdout=subprocess.PIPE, text=True, check=True)
    return sorted((json.loads(line) for line in run.stdout.splitlines() if line), key=lambda answer: answer["line"])


def sample_losses(answer: dict) -> list[float]:
    """In nats per token, one of each sample."""
    if "error" in answer:
        sys.exit(answer["error"])
    return [float(loss) for loss in answer["sampleLosses"]]


class Scorer:
    """One `longrope score` for candidates that follow from each other: the model is loaded once. Use it in a with statement."""

    def __init__(self, model: str, length: int, share: str, options: list[str]):
        self.process = subprocess.Popen(command(model, length, share, options), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def losses(self, candidate: dict) -> list[float]:
        self.process.stdin.write(json.dumps(candidate) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit("longrope score ended without an answer")
        return sample_losses(json.loads(line))

    def __enter__(self) -> "Scorer":
        return self

    def __exit__(self, *_) -> None:
        self.process.stdin.close()
        self.process.wait()


def difference(one: list[float], other: list[float]) -> tuple[float, float]:
    """Mean of one - other over the samples, and its standard error."""
    differences = [a - b for a, b in zip(one, other, strict=True)]
    error = statistics.stdev(differences) / math.sqrt(len(differences)) if len(differences) > 1 else math.nan
    return statistics.fmean(differences), error


def table_at(path: str, length: int) -> dict:
    """The candidate of our JSON at a length."""
    entries = json.loads(pathlib.Path(path).read_text())["entries"]
    entry = next((one for one in entries if one["length"] == length), None)
    if entry is None:
        sys.exit(f"TABLE must have {length} tokens, but has {', '.join(str(one['length']) for one in entries)}")
    return entry["best"]["candidate"]


def split_options() -> tuple[list[str], list[str]]:
    """The script's own arguments, and those behind `--`."""
    at = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    return sys.argv[1:at], sys.argv[at + 1:]
