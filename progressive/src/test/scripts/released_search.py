"""Microsoft's released LongRoPE search as an outside optimiser that drives `./longrope score`.

    python progressive/src/test/scripts/released_search.py MODEL --length 1024 --search-seed 1 --output DIR [-- OPTION ...]

Written after what the release does, with its defaults (dim_mono): the first population is YaRN's table (its blend of 1 and s is
linear in the factors) and 63 mutations of it; 40 times the best 32 survive and get 16 mutations and 16 crossovers, 1,344
evaluations in all. A mutation draws each factor anew with probability 0.3, uniform on a grid of 0.01 between its neighbours. A
crossover takes over the first factor that makes a new non-decreasing table, and after 20 tries becomes a mutation. n̂ is not
searched. All candidates have the attention factor sqrt(1 + ln s / ln L).

Options behind `--` go to every `longrope score`: --models, --data, --text, --samples, --seed, --workers. DIR/seed-N.jsonl keeps
every score, so an interrupted search goes on where it stopped; DIR/seed-N.json has what it came to, on the samples searched
on and on --report-samples of the share that no search sees. Needs nothing beyond Python; the product needs neither.
"""
import argparse
import json
import math
import os
import pathlib
import random
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[4]
COMMAND = shlex.split(os.environ.get("LONGROPE_COMMAND", str(ROOT / "longrope")))
POPULATION, GENERATIONS, MUTATIONS, CROSSOVERS, PARENTS = 64, 40, 16, 16, 32
PROBABILITY, STEP, CROSSOVER_TRIES = 0.3, 0.01, 20


class Geometry:
    def __init__(self, model: pathlib.Path, length: int):
        config = json.loads((model / "config.json").read_text())
        head = config.get("head_dim") or config["hidden_size"] // config["num_attention_heads"]
        self.pairs = head // 2
        self.theta = config.get("rope_theta") or config["rope_parameters"]["rope_theta"]
        self.original = config["max_position_embeddings"]
        self.ratio = length / self.original
        self.attention_factor = math.sqrt(1 + math.log(self.ratio) / math.log(self.original))

    def yarn(self, fast: float = 32, slow: float = 1) -> list[float]:
        def pair(turns: float) -> float:
            return self.pairs * math.log(self.original / (turns * 2 * math.pi)) / math.log(self.theta)

        low, high = max(math.floor(pair(fast)), 0), min(math.ceil(pair(slow)), 2 * self.pairs - 1)
        kept = [1 - min(max((i - low) / max(high - low, 0.001), 0), 1) for i in range(self.pairs)]
        return [self.ratio * (1 - mask) + mask for mask in kept]


class Scores:
    """Perplexities from one running `longrope score`, remembered in a file."""

    def __init__(self, geometry: Geometry, file: pathlib.Path, command: list[str]):
        self.geometry = geometry
        self.known = {}
        lines = file.read_text().splitlines() if file.exists() else []
        for line in lines:
            try:
                entry = json.loads(line)
            except json.JSONDecodeError:
                break  # torn when the search was interrupted
            self.known[tuple(entry["factors"])] = entry["perplexity"]
        whole = file.with_suffix(".part")
        whole.write_text("".join(self._line(factors, perplexity) for factors, perplexity in self.known.items()))
        whole.replace(file)
        self.file = file.open("a")
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    @staticmethod
    def _line(factors, perplexity) -> str:
        return json.dumps({"factors": factors, "perplexity": perplexity}) + "\n"

    def of(self, tables: list[list[float]]) -> list[float]:
        unknown = [table for table in tables if tuple(table) not in self.known]
        for table in unknown:
            print(json.dumps({"factors": table, "attentionFactor": self.geometry.attention_factor}), file=self.process.stdin)
        self.process.stdin.flush()
        for table in unknown:
            answer = json.loads(self.process.stdout.readline())
            if "error" in answer:
                raise SystemExit(f"longrope score refused a table: {answer['error']}")
            perplexity = answer["perplexity"]
            self.known[tuple(table)] = math.inf if perplexity is None else float(perplexity)
            self.file.write(self._line(table, self.known[tuple(table)]))
            self.file.flush()
        return [self.known[tuple(table)] for table in tables]

    def close(self):
        self.process.stdin.close()
        if self.process.wait() != 0:
            raise SystemExit("longrope score failed")
        self.file.close()


class Search:
    def __init__(self, geometry: Geometry, scores: Scores, seed: int):
        self.geometry, self.scores, self.random = geometry, scores, random.Random(seed)
        self.history = set()
        self.evaluations = 0

    def _claim(self, table: list[float]) -> bool:
        key = tuple(round(factor, 4) for factor in table)
        if key in self.history or any(a > b for a, b in zip(table, table[1:])):
            return False
        self.history.add(key)
        return True

    def mutate(self, parent: list[float]) -> list[float]:
        while True:
            table = list(parent)
            for i in range(len(table)):
                if self.random.random() < PROBABILITY:
                    low = table[i - 1] if i > 0 else 1.0
                    high = table[i + 1] if i + 1 < len(table) else 1.0 + self.geometry.ratio
                    table[i] = round(low + STEP * self.random.randint(0, max(0, int((high - low) / STEP + 1e-9))), 6)
            if self._claim(table):
                return table

    def cross(self, one: list[float], other: list[float]) -> list[float]:
        for _ in range(CROSSOVER_TRIES):
            table = list(one)
            for i in range(len(table)):
                if self.random.random() < PROBABILITY and self.random.random() < 0.5:
                    table[i] = other[i]
                    if self._claim(table):
                        return table
        return self.mutate(one)

    def _scored(self, tables: list[list[float]]) -> list[tuple[float, list[float]]]:
        self.evaluations += len(tables)
        return list(zip(self.scores.of(tables), tables))

    def run(self):
        yarn = [round(factor, 6) for factor in self.geometry.yarn()]
        self._claim(yarn)
        population = self._scored([yarn] + [self.mutate(yarn) for _ in range(POPULATION - 1)])
        for generation in range(1, GENERATIONS + 1):
            parents = sorted(population)[:PARENTS]
            tables = [table for _, table in parents]
            children = [self.mutate(self.random.choice(tables)) for _ in range(MUTATIONS)]
            children += [self.cross(*self.random.sample(tables, 2)) for _ in range(CROSSOVERS)]
            population = parents + self._scored(children)
            print(f"generation {generation}/{GENERATIONS} · {self.evaluations} evaluations · best {min(population)[0]:.4f}", flush=True)
        return min(population)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=pathlib.Path, help="checkpoint directory")
    parser.add_argument("--length", type=int, required=True)
    parser.add_argument("--search-seed", type=int, default=1)
    parser.add_argument("--report-samples", type=int, default=8)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    parser.epilog = "Options behind -- go to every longrope score."
    end = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    given, options = parser.parse_args(sys.argv[1:end]), sys.argv[end + 1:]
    if not (given.model / "config.json").is_file():
        parser.error(f"model must be a checkpoint directory with a config.json, but was {given.model}")
    given.output.mkdir(parents=True, exist_ok=True)
    geometry = Geometry(given.model, given.length)
    score = [*COMMAND, "score", str(given.model), "--length", str(given.length), *options]
    scores = Scores(geometry, given.output / f"seed-{given.search_seed}.jsonl", [*score, "--share", "search"])
    perplexity, table = Search(geometry, scores, given.search_seed).run()
    scores.close()
    # the later of an option given twice would be refused, so the count of samples for the report replaces the search's
    report = [*score, "--share", "report"]
    if "--samples" in report:
        del report[report.index("--samples"):report.index("--samples") + 2]
    line = json.dumps({"factors": table, "attentionFactor": geometry.attention_factor})
    unseen = json.loads(subprocess.run([*report, "--samples", str(given.report_samples)], input=line + "\n", check=True,
                                       stdout=subprocess.PIPE, text=True).stdout)["perplexity"]
    (given.output / f"seed-{given.search_seed}.json").write_text(
        json.dumps({"search": perplexity, "unseen": unseen, "factors": table}, indent=1) + "\n")
    print(f"search {perplexity:.4f} · unseen {unseen:.4f}")


if __name__ == "__main__":
    main()
