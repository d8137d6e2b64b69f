package io.longrope.evaluator.facts;

import io.longrope.search.problem.Require;

import java.util.List;

/**
 * What a text is under a model's tokenizer.
 *
 * @param fingerprint of its content
 * @param tokens      in all
 * @param documents   it consists of
 * @param rooms       how many windows that do not overlap it has room for, of each window asked for
 */
public record TextFacts(String fingerprint, long tokens, long documents, List<Long> rooms) {

    public TextFacts {
        Require.notBlank(fingerprint, "text.fingerprint");
        Require.atLeast(0L, tokens, "text.tokens");
        Require.atLeast(0L, documents, "text.documents");
        rooms = List.copyOf(Require.present(rooms, "text.rooms"));
    }
}
