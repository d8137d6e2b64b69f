"""Whether tables that do well at a length do well at shorter ones too: what `ladder` in a plan relies on.

    python progressive/src/test/scripts/rank_by_length.py MODEL --length 2048 --shorter 512,1024 [-- OPTION ...]

Half of the candidates are curves of the family PI, NTK and YaRN belong to, ln λ rising as a power of a ramp; the others are smooth and
single moves of the best of them, as close to each other as the candidates of a search that has come some way. All are scored at the length
and at each of the shorter ones, once with the same factors and once with the factors stretched to the shorter length, λ^(ln s'/ln s).
Printed are Spearman's rank correlations of the losses, over all candidates and over the better half by the loss at the length, and how many
of the best quarter at the length are in the best quarter at the shorter one.

Options behind `--` go to every `longrope score`: --models, --data, --text, --samples, --seed, --workers. Needs nothing beyond Python.
"""
import argparse
import json
import math
import pathlib
import random

from scoring import answers, split_options

LARGEST = 1.25  # λ, as a multiple of the extension ratio


def curve(pairs: int, log_ratio: float, draw: random.Random) -> list[float]:
    begin = draw.uniform(0, 0.6) * pairs
    end = draw.uniform(begin + 1, 1.1 * pairs)
    power = math.exp(draw.gauss(0, 0.5))
    return [log_ratio * min(max((i - begin) / (end - begin), 0), 1) ** power for i in range(pairs)]


def moved(logs: list[float], log_ratio: float, draw: random.Random) -> list[float]:
    pairs = len(logs)
    phase, waves, height = draw.uniform(0, 2 * math.pi), draw.uniform(0.5, 2), draw.gauss(0, 0.1)
    one = draw.randrange(pairs)
    raw = [log + height * math.sin(phase + 2 * math.pi * waves * i / pairs) for i, log in enumerate(logs)]
    raw[one] += draw.gauss(0, 0.3)
    rising, highest = [], 0.0
    for log in raw:
        highest = min(max(highest, log), math.log(LARGEST) + log_ratio)
        rising.append(highest)
    return rising


def losses(model: str, length: int, tables: list[list[float]], attention: float, options: list[str]) -> list[float]:
    candidates = [{"factors": [math.exp(log) for log in logs], "attentionFactor": attention} for logs in tables]
    return [answer["loss"] if isinstance(answer["loss"], float) else math.inf
            for answer in answers(model, length, "search", candidates, options)]


def ranks(values: list[float]) -> list[float]:
    """Equal values share the mean of their ranks."""
    return [sum(other < value for other in values) + (values.count(value) - 1) / 2 for value in values]


def spearman(first: list[float], second: list[float]) -> float:
    a, b = ranks(first), ranks(second)
    mean = (len(a) - 1) / 2
    covariance = sum((x - mean) * (y - mean) for x, y in zip(a, b))
    return covariance / math.sqrt(sum((x - mean) ** 2 for x in a) * sum((y - mean) ** 2 for y in b))


def common(first: list[float], second: list[float]) -> tuple[int, int]:
    count = max(1, len(first) // 4)
    best = [set(sorted(range(len(values)), key=values.__getitem__)[:count]) for values in (first, second)]
    return len(best[0] & best[1]), count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="a checkpoint directory")
    parser.add_argument("--length", type=int, required=True)
    parser.add_argument("--shorter", required=True, help="lengths, with commas between them")
    parser.add_argument("--candidates", type=int, default=30)
    parser.add_argument("--draw", type=int, default=1)
    own, options = split_options()
    arguments = parser.parse_args(own)
    if not (pathlib.Path(arguments.model) / "config.json").is_file():
        parser.error(f"MODEL must be a checkpoint directory, but {arguments.model} has no config.json; shipped ones are in evaluator/models")
    config = json.loads((pathlib.Path(arguments.model) / "config.json").read_text())
    pairs = (config.get("head_dim") or config["hidden_size"] // config["num_attention_heads"]) // 2
    scaling = config.get("rope_scaling") or config.get("rope_parameters") or {}
    original = scaling.get("original_max_position_embeddings") or config["max_position_embeddings"]
    draw = random.Random(arguments.draw)

    def attention(length: int) -> float:
        return math.sqrt(1 + math.log(length / original) / math.log(original))

    log_ratio = math.log(arguments.length / original)
    tables = [[log_ratio] * pairs] + [curve(pairs, log_ratio, draw) for _ in range(arguments.candidates // 2 - 1)]
    here = losses(arguments.model, arguments.length, tables, attention(arguments.length), options)
    best = tables[here.index(min(here))]
    moves = [moved(best, log_ratio, draw) for _ in range(arguments.candidates - len(tables))]
    here += losses(arguments.model, arguments.length, moves, attention(arguments.length), options)
    tables += moves
    half = sorted(range(len(here)), key=here.__getitem__)[:len(here) // 2]
    print(f"{len(here)} candidates at {arguments.length}: losses {min(here):.4f} to {max(here):.4f}, "
          f"the better half to {max(here[i] for i in half):.4f}", flush=True)
    for length in map(int, arguments.shorter.split(",")):
        power = math.log(length / original) / log_ratio
        ways = {"same": (tables, attention(arguments.length)),
                "stretched": ([[log * power for log in logs] for logs in tables], attention(length))}
        for name, (shown, factor) in ways.items():
            there = losses(arguments.model, length, shown, factor, options)
            shared, count = common(here, there)
            print(f"{length:6d} {name:9s} all {spearman(here, there):.3f} · better half "
                  f"{spearman([here[i] for i in half], [there[i] for i in half]):.3f} · best quarter {shared} of {count}", flush=True)


if __name__ == "__main__":
    main()
