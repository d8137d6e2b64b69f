package io.longrope.evaluator.facts;

import io.longrope.search.problem.Require;

/**
 * What a text is under a model's tokenizer.
 *
 * @param fingerprint of its content
 * @param tokens      in all
 * @param documents   it consists of
 */
public record TextFacts(String fingerprint, long tokens, long documents) {

    public TextFacts {
        Require.notBlank(fingerprint, "text.fingerprint");
        Require.atLeast(0L, tokens, "text.tokens");
        Require.atLeast(0L, documents, "text.documents");
    }
}
