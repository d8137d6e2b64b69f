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
import math
import random
import statistics

from scoring import Scorer, difference, split_options, table_at

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
    own, options = split_options()
    arguments = parser.parse_args(own)
    table = table_at(arguments.table, arguments.length)
    rest = {"startTokens": table["startTokens"], "attentionFactor": table["attentionFactor"]}
    ways = {
        "by layer": lambda heights: {"factors": by_layer(table["factors"], arguments.layers, heights), **rest},
        "by pair": lambda heights: {"factors": by_pair(table["factors"], heights), **rest},
    }
    with Scorer(arguments.model, arguments.length, "search", ["--samples", str(arguments.samples), *options]) as scorer:
        found = {(name, draw): search(scorer, way, arguments.evaluations, random.Random(draw))
                 for draw in map(int, arguments.draws.split(",")) for name, way in ways.items()}
    with Scorer(arguments.model, arguments.length, "report", ["--samples", str(arguments.report_samples), *options]) as scorer:
        plain = scorer.losses(ways["by pair"]([1.0] * HEIGHTS))
        before = statistics.fmean(plain)
        for (name, draw), (heights, start, lowest) in found.items():
            mean, error = difference(scorer.losses(ways[name](heights)), plain)
            shown = ", ".join(f"{height:.3f}" for height in heights)
            print(f"{name}, draw {draw}: heights {shown}; searched on {lowest - start:+.4f}, unseen {mean:+.4f} ± {error:.4f} nats "
                  f"(perplexity {math.exp(before):.4f} -> {math.exp(before + mean):.4f})", flush=True)


if __name__ == "__main__":
    main()
