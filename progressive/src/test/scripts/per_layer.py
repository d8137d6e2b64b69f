"""Whether layers want tables of their own: ln λ of a table multiplied by a curve over the layers, and, the rival, by one over the pairs.

    python progressive/src/test/scripts/per_layer.py MODEL TABLE --length 2048 --layers 4 [-- OPTION ...]

TABLE is our JSON (run/tables/*.json or factors.json) with an entry for the length. λ_i of layer l becomes λ_i^c(t), where c is a
quadratic Bézier curve of three heights (few parameters per layer, as LPES has it, arXiv 2503.04355) and t goes from 0 at the first layer
to 1 at the last; for the rival t goes from 0 at the fastest pair to 1 at the slowest, and all layers share the table. Heights of 1 leave
the table as it is. Both are searched alike: from the table, with the same number of evaluations on the same samples, by an evolution
strategy with one parent whose steps grow by success (Rechenberg's rule of one fifth). What each ends with is compared with the table on
the report share: mean difference of the losses in nats and its standard error over the samples, below zero where it is better.

Options behind `--` go to every `longrope score`: --models, --data, --text, --seed, --workers, --precision. Needs nothing beyond Python.
"""
import argparse
import json
import math
import os
import pathlib
import random
import shlex
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[4]
COMMAND = shlex.split(os.environ.get("LONGROPE_COMMAND", str(ROOT / "longrope")))
HEIGHTS = 3
FIRST_STEP = 0.06
GROWTH = 1.5  # of a step after a success; GROWTH ** -0.25 after a failure keeps it where one of five succeeds


def curve(heights: list[float], t: float) -> float:
    first, middle, last = heights
    return (1 - t) ** 2 * first + 2 * t * (1 - t) * middle + t ** 2 * last


def by_layer(factors: list[float], layers: int, heights: list[float]) -> list[list[float]]:
    return [[factor ** curve(heights, layer / (layers - 1)) for factor in factors] for layer in range(layers)]


def by_pair(factors: list[float], heights: list[float]) -> list[float]:
    changed, highest = [], 0.0
    for i, factor in enumerate(factors):
        highest = max(highest, factor ** curve(heights, i / (len(factors) - 1)))
        changed.append(highest)
    return changed


class Scorer:
    """One `longrope score` for many lines: the model is loaded once."""

    def __init__(self, model: str, length: int, share: str, samples: int, options: list[str]):
        command = [*COMMAND, "score", model, "--length", str(length), "--share", share, "--samples", str(samples), *options]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def losses(self, candidate: dict) -> list[float]:
        self.process.stdin.write(json.dumps(candidate) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            sys.exit(answer["error"])
        return [float(loss) for loss in answer["sampleLosses"]]

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def search(scorer: Scorer, candidate, evaluations: int, draw: random.Random) -> tuple[list[float], float, float]:
    best, step = [1.0] * HEIGHTS, FIRST_STEP
    start = lowest = statistics.fmean(scorer.losses(candidate(best)))
    for _ in range(evaluations - 1):
        tried = [height + step * draw.gauss(0, 1) for height in best]
        loss = statistics.fmean(scorer.losses(candidate(tried)))
        step *= GROWTH if loss < lowest else GROWTH ** -0.25
        if loss < lowest:
            best, lowest = tried, loss
    return best, start, lowest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="a checkpoint directory or GGUF file, or its path below --models")
    parser.add_argument("table", help="our JSON")
    parser.add_argument("--length", type=int, required=True)
    parser.add_argument("--layers", type=int, required=True, help="of the model, at least 2")
    parser.add_argument("--evaluations", type=int, default=40)
    parser.add_argument("--samples", type=int, default=5, help="searched on")
    parser.add_argument("--report-samples", type=int, default=12)
    parser.add_argument("--draws", default="1", help="seeds of the search, with commas between them")
    at = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    arguments, options = parser.parse_args(sys.argv[1:at]), sys.argv[at + 1:]
    entries = json.loads(pathlib.Path(arguments.table).read_text())["entries"]
    entry = next((one for one in entries if one["length"] == arguments.length), None)
    if entry is None:
        parser.error(f"TABLE must have {arguments.length} tokens, but has {', '.join(str(one['length']) for one in entries)}")
    table = entry["best"]["candidate"]
    rest = {"startTokens": table["startTokens"], "attentionFactor": table["attentionFactor"]}
    ways = {
        "by layer": lambda heights: {"factors": by_layer(table["factors"], arguments.layers, heights), **rest},
        "by pair": lambda heights: {"factors": by_pair(table["factors"], heights), **rest},
    }
    searched = Scorer(arguments.model, arguments.length, "search", arguments.samples, options)
    found = {(name, draw): search(searched, way, arguments.evaluations, random.Random(draw))
             for draw in map(int, arguments.draws.split(",")) for name, way in ways.items()}
    searched.close()
    report = Scorer(arguments.model, arguments.length, "report", arguments.report_samples, options)
    plain = report.losses(ways["by pair"]([1.0] * HEIGHTS))
    for (name, draw), (heights, start, lowest) in found.items():
        differences = [a - b for a, b in zip(report.losses(ways[name](heights)), plain)]
        mean = statistics.fmean(differences)
        error = statistics.stdev(differences) / math.sqrt(len(differences)) if len(differences) > 1 else math.nan
        shown = ", ".join(f"{height:.3f}" for height in heights)
        before = statistics.fmean(plain)
        print(f"{name}, draw {draw}: heights {shown}; searched on {lowest - start:+.4f}, unseen {mean:+.4f} ± {error:.4f} nats "
              f"(perplexity {math.exp(before):.4f} -> {math.exp(before + mean):.4f})", flush=True)
    report.close()


if __name__ == "__main__":
    main()
