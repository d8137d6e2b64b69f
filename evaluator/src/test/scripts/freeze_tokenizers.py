#!/usr/bin/env python3
"""Trains small tokenizers of the kinds that mark the start of a text with a blank (Llama 2, Mistral, Gemma; once with all the merges that
a SentencePiece model has) and of the byte-level kind (Llama 3), and freezes what each makes of a text of more than a million characters in one call. Writes
src/test/resources/io/longrope/evaluator/tokenizers.

    pip install tokenizers
    python freeze_tokenizers.py
"""

import hashlib
import json
import pathlib

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

TARGET = pathlib.Path(__file__).parents[1] / "resources/io/longrope/evaluator/tokenizers"
BYTES = [f"<0x{value:02X}>" for value in range(256)]
SPLIT = Regex(r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")


def text():
    """As the test makes it."""
    lines = []
    for i in range(14000):
        lines.append(f"{'    ' * (i % 3)}value{i % 97} = sum(left, {i * 7919 % 1000}) // grows, Größe 世界 {'é' * (i % 4)}"
                     + ("\n\n" if i % 11 == 0 else "\n"))
    return "".join(lines) + "one line without an end " * 20000


def prepended():
    """Llama 2: normaliser Prepend and Replace, no pre-tokenizer, byte fallback."""
    normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    return normalizer, None, True


def metaspace(scheme):
    """Mistral and newer Llama 2: Metaspace that marks the first word only, or (T5) every text; no splits."""
    return None, pre_tokenizers.Metaspace(replacement="▁", prepend_scheme=scheme, split=False), True


def byte_level():
    """Llama 3: split by a pattern, then bytes."""
    return None, pre_tokenizers.Sequence([pre_tokenizers.Split(SPLIT, "isolated"),
                                          pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]), False


def all_merges(vocabulary, made):
    """Every pair of known tokens that reads like one, by the token's id: what a SentencePiece model's converter lists."""
    pairs = []
    for token, identity in vocabulary.items():
        if token in made:
            pairs += [(identity, token[:cut], token[cut:]) for cut in range(1, len(token))
                      if all(part in made or len(part) == 1 and part in vocabulary for part in (token[:cut], token[cut:]))]
    return [[left, right] for _, left, right in sorted(pairs, key=lambda pair: pair[0])]


def train(normalizer, pre_tokenizer, fallback, complete=False):
    tokenizer = Tokenizer(models.BPE(byte_fallback=fallback, fuse_unk=fallback, unk_token="<unk>" if fallback else None))
    if normalizer:
        tokenizer.normalizer = normalizer
    # trained on words, as SentencePiece does, though used without
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=True) if fallback else pre_tokenizer
    trainer = trainers.BpeTrainer(vocab_size=700 if fallback else 420, special_tokens=["<unk>", "<s>", "</s>"] + (BYTES if fallback else []),
                                  initial_alphabet=[] if fallback else pre_tokenizers.ByteLevel.alphabet(), show_progress=False,
                                  limit_alphabet=60 if fallback else 300)
    words = text()[:60000].replace("世", "").replace("\n", " ") if fallback else text()[:60000]
    tokenizer.train_from_iterator([words], trainer)
    made = json.loads(tokenizer.to_str())
    made["pre_tokenizer"] = json.loads(pre_tokenizer.__getstate__()) if pre_tokenizer else None
    if complete:
        merged = {left + right for left, right in made["model"]["merges"]}
        made["model"]["merges"] = all_merges(made["model"]["vocab"], merged)
    return made


def main():
    TARGET.mkdir(parents=True, exist_ok=True)
    kinds = {"prepended": prepended(), "metaspace-first": metaspace("first"), "metaspace-always": metaspace("always"), "byte-level": byte_level(),
             "sentencepiece": prepended() + (True,)}
    frozen = {}
    whole = text()
    for name, kind in kinds.items():
        made = train(*kind)
        (TARGET / f"{name}.json").write_text(json.dumps(made, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
        ids = Tokenizer.from_file(str(TARGET / f"{name}.json")).encode(whole, add_special_tokens=False).ids
        digest = hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()
        frozen[name] = dict(tokens=len(ids), sha256=digest, first=ids[:8])
        print(f"{name}: {len(whole)} characters, {len(ids)} tokens")
    (TARGET / "expected.json").write_text(json.dumps(frozen, indent=1) + "\n")


if __name__ == "__main__":
    main()
