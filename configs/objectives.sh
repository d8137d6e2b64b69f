#!/usr/bin/env bash
# Searches with each objective and each seed, then asks what the tables found are worth: gain over crop, pass keys and lines found again,
# on text and prompts that no search and no choice saw. Prints a line of CSV for each table and length; progressive/docs/objectives.md has
# the protocol. What is done already is not done again. From a clone:
#
#   configs/objectives.sh runs/objectives 5
set -euo pipefail

[[ $# -eq 2 && $2 =~ ^[0-9]+$ ]] || { echo "objectives.sh: takes a directory to fill and the number of seeds" >&2; exit 2; }
home=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
cd "$home"

# judged NAME OPTION...: the figures of a table, or of a method that needs none, as CSV
judged() {
  local name=$1
  shift
  [[ -f $out/$name-lines.csv ]] && return
  ./longrope evaluate recall-1m "$@" --metric gain --lengths 512,1024 --samples 24 --seed 7 --format csv > "$out/$name-gain.csv"
  ./longrope evaluate recall-1m "$@" --metric passkey --lengths 512,1024 --trials 20 --seed 7 --format csv > "$out/$name-passkey.csv"
  ./longrope evaluate recall-1m "$@" --metric lines --lengths 512,1024 --trials 20 --seed 7 --format csv > "$out/part"
  mv "$out/part" "$out/$name-lines.csv"
}

for method in yarn dynamic-ntk; do
  judged "$method" --method "$method"
done
for ((seed = 1; seed <= $2; seed++)); do
  for objective in perplexity needle longppl; do
    name=$objective-$seed
    # an objective may be refused, and the others still be compared: longppl where the evaluator finds too few key tokens
    ./longrope run configs/objectives.yaml --run-dir "$out/$name" --set "seed=$seed" --set "search.objective=$objective" || continue
    judged "$name" --table "$out/$name/tables/factors.json"
  done
done

# what was judged, as far as it is there: the mean over depths of what was found again
echo "table,length,gain,standard error,passkey,lines"
for gains in "$out"/*-gain.csv; do
  table=${gains%-gain.csv}
  [[ -f $table-lines.csv ]] || continue
  for length in 512 1024; do
    found() {
      awk -F, -v length_wanted="$length" '$1 == length_wanted { sum += $3; n++ } END { printf "%.3f", sum / n }' "$table-$1.csv"
    }
    awk -F, -v table="$(basename "$table")" -v length_wanted="$length" -v found="$(found passkey),$(found lines)" \
      '$1 == length_wanted { printf "%s,%s,%.4f,%.4f,%s\n", table, $1, $2, $3, found }' "$gains"
  done
done
