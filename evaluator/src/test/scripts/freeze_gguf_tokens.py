#!/usr/bin/env python3
"""Trains two small vocabularies, one of byte-level BPE and one of SentencePiece's kind, puts them into GGUF files, and freezes the token
ids that llama.cpp gives to texts with digits, code, emoji, CJK and white space: of the first for every way to cut a text that is known
here. Writes src/test/resources/io/longrope/evaluator/gguf/tokens.json.

    pip install tokenizers gguf==0.19.0 llama-cpp-python==0.3.36
    python freeze_gguf_tokens.py
"""

import json
import pathlib
import random
import tempfile

import gguf
from llama_cpp import Llama
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

TARGET = pathlib.Path(__file__).parents[1] / "resources/io/longrope/evaluator/gguf/tokens.json"
CUTS = ["gpt-2", "smollm", "llama-bpe", "dbrx", "qwen2", "tekken", "gpt-4o", "deepseek-coder", "deepseek-v3", "falcon", "default"]
SPECIAL = ["<unk>", "<s>", "</s>", "<|user|>"]
TEXTS = [
    "Hello world", " 12  345 6789\t\t x=12", "I'll we'VE DON'T 1st 2nd 10000000 it's 3.14",
    "def f(a, b):\n    return a+b  # 3.14\n\n\n\tif x>=10:\n        print('it\\'s')",
    "public static void main(String[] args) {\n\tint[] xs = {1, 22, 333, 4444};\r\n}\r\n",
    "😀👍🏽 👨‍👩‍👧 émojis ÉTUDE aÉb", "日本語のテキスト 中文测试，标点。한국어", "Ünïcödé straße ЁЖ привет мир",
    "   leading and trailing   \n \n  ", "\n\n\n\n\n\t\t\t    x", "a\u00a0b\u3000c\u200bd\r\n\r\nx", "={}[]();<>|&^%$#@!~`",
    "www.example.com/a/b?c=d&e=f  C:\\new\\table", "x" * 40 + " " * 40 + "7" * 40, "\u0301e\u0301 x\u0301 ",
]


def more():
    """Short pieces in any order, where ways to cut differ."""
    chance = random.Random(1)
    pool = "ab 12\n\t'sdé中😀.,(){}  A_-"
    return ["".join(chance.choice(pool) for _ in range(60)) for _ in range(15)]


def lesson():
    words = ("the quick brown fox returns a string value of int main public static void print world hello def return example text "
             "straße привет мир 日本語 中文 测试 한국어 don't it's we've 12 123 2024 3.14 x1 camelCase ALL_CAPS").split()
    chance = random.Random(7)
    lines = [" ".join(chance.choice(words) for _ in range(12)) for _ in range(400)]
    return lines + ["    return x + y;\n\t}\n\n", "if (a >= 10) {\n        print('x');\n    }\r\n"] * 20


def byte_level():
    tokenizer = Tokenizer(models.BPE())
    # not cut, so that there are merges across what one or another way cuts
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.train_from_iterator(lesson(), trainers.BpeTrainer(
        vocab_size=700, special_tokens=SPECIAL, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    model = json.loads(tokenizer.to_str())["model"]
    tokens = sorted(model["vocab"], key=model["vocab"].get)
    merges = [" ".join(pair) for pair in model["merges"]]
    return dict(model="gpt2", tokens=tokens, types=[3 if token in SPECIAL else 1 for token in tokens], merges=merges)


def sentence_piece():
    """As SentencePiece orders a vocabulary: special tokens, bytes, merges by rank, then characters."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.train_from_iterator(lesson(), trainers.BpeTrainer(vocab_size=400))
    model = json.loads(tokenizer.to_str())["model"]
    learnt = ["".join(pair) for pair in model["merges"]]
    characters = [token for token in model["vocab"] if len(token) == 1]
    tokens = SPECIAL + [f"<0x{value:02X}>" for value in range(256)] + list(dict.fromkeys(learnt)) + characters
    head = len(SPECIAL) + 256
    return dict(model="llama", tokens=tokens, types=[2, 3, 3, 4] + [6] * 256 + [1] * (len(tokens) - head),
                scores=[0.0] * head + [-float(rank) for rank in range(len(tokens) - head)])


def ids(vocabulary, texts, **settings):
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory) / "vocabulary.gguf"
        writer = gguf.GGUFWriter(path, "llama")
        writer.add_tokenizer_model(vocabulary["model"])
        writer.add_token_list(vocabulary["tokens"])
        writer.add_token_types(vocabulary["types"])
        writer.add_bos_token_id(1)
        writer.add_eos_token_id(2)
        writer.add_unk_token_id(0)
        if "merges" in vocabulary:
            writer.add_token_merges(vocabulary["merges"])
            writer.add_tokenizer_pre(settings["pre"])
        else:
            writer.add_token_scores(vocabulary["scores"])
            writer.add_add_space_prefix(settings["prefix"])
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        model = Llama(str(path), vocab_only=True, verbose=False)
        return [model.tokenize(text.encode(), add_bos=False, special=True) for text in texts]


def main():
    texts = TEXTS + more() + ["a<|user|>b <|user|> c"]
    bytes_first, pieces = byte_level(), sentence_piece()
    frozen = dict(texts=texts, byteLevel=bytes_first, sentencePiece=pieces,
                  idsByCut={cut: ids(bytes_first, texts, pre=cut) for cut in CUTS},
                  idsByPrefix={str(prefix).lower(): ids(pieces, texts, prefix=prefix) for prefix in (True, False)})
    TARGET.write_text(json.dumps(frozen, ensure_ascii=False, separators=(",", ":")).replace("],[", "],\n[") + "\n")
    counts = {cut: sum(map(len, found)) for cut, found in (frozen["idsByCut"] | frozen["idsByPrefix"]).items()}
    print(f"{len(texts)} texts, tokens: {counts}")


if __name__ == "__main__":
    main()
