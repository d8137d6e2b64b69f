package io.longrope.evaluator.text;

import java.util.function.Function;

/**
 * A tokenizer as those see it who make up text of their own.
 *
 * @param encode text without special tokens to ids
 * @param decode ids to text
 */
public record TokenCoding(Function<String, int[]> encode, Function<int[], String> decode) {
}
