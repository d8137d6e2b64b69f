"""Whether n̂ and another attention factor make a table better on text nothing was chosen on.

    python progressive/src/test/scripts/start_tokens_and_attention.py MODEL TABLE --length 2048 [-- OPTION ...]

TABLE is our JSON (run/tables/*.json or factors.json). Its λ at the length stay as they are; tried are the paper's n̂ with the table's
attention factor, and attention factors from 0.85 to 1.25 of the table's with n̂ = 0. The best of each by the selection share is compared
with n̂ = 0 and the table's factor on the report share: mean difference of the losses in nats and its standard error over the samples, below
zero where it is better. The last line of each kind is what the report share itself would have chosen: no choice can gain more.

Options behind `--` go to every `longrope score`: --models, --data, --text, --samples, --seed, --workers, --precision. Needs nothing beyond
Python.
"""
import argparse
import math
import statistics

from scoring import answers, difference, sample_losses, split_options, table_at

START_TOKENS = [0, 1, 2, 4, 8, 12, 16, 20, 24, 28, 32, 64, 128, 256]
RATIOS = [0.85, 0.9, 0.95, 0.975, 1, 1.025, 1.05, 1.1, 1.15, 1.2, 1.25]


def losses(model: str, length: int, share: str, candidates: list[dict], options: list[str]) -> list[list[float]]:
    return [sample_losses(answer) for answer in answers(model, length, share, candidates, options)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="a checkpoint directory or GGUF file, or its path below --models")
    parser.add_argument("table", help="our JSON")
    parser.add_argument("--length", type=int, required=True)
    parser.add_argument("--start-tokens", default=",".join(map(str, START_TOKENS)), help="with commas between them; 0 must be among them")
    parser.add_argument("--ratios", default=",".join(map(str, RATIOS)), help="of the table's attention factor; 1 must be among them")
    own, options = split_options()
    arguments = parser.parse_args(own)
    table = table_at(arguments.table, arguments.length)
    base = {"factors": table["factors"], "startTokens": 0, "attentionFactor": table["attentionFactor"]}
    kinds = {
        "n̂": {count: {**base, "startTokens": count} for count in map(int, arguments.start_tokens.split(","))},
        "attention": {ratio: {**base, "attentionFactor": base["attentionFactor"] * ratio}
                      for ratio in map(float, arguments.ratios.split(","))},
    }
    for kind, tried in kinds.items():
        names = list(tried)
        plain = names.index(0 if kind == "n̂" else 1)
        selection, report = (losses(arguments.model, arguments.length, share, list(tried.values()), options)
                             for share in ("selection", "report"))
        for name, chosen, unseen in zip(names, selection, report):
            mean, error = difference(unseen, report[plain])
            print(f"{kind} {name:>6}: selection {difference(chosen, selection[plain])[0]:+.4f}, unseen {mean:+.4f} ± {error:.4f}")
        for title, means in (("chosen", selection), ("the most it could be", report)):
            best = min(range(len(names)), key=lambda i: statistics.fmean(means[i]))
            mean, error = difference(report[best], report[plain])
            print(f"{kind}, {title}: {names[best]}, unseen perplexity {math.exp(statistics.fmean(report[plain])):.4f} -> "
                  f"{math.exp(statistics.fmean(report[best])):.4f}, {mean:+.4f} ± {error:.4f} nats", flush=True)


if __name__ == "__main__":
    main()
