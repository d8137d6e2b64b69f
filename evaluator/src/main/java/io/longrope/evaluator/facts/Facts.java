package io.longrope.evaluator.facts;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.longrope.search.json.Json;
import io.longrope.search.json.JsonFault;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;
import io.longrope.search.work.Outcome;

/** The records of this package as results carry them. */
public final class Facts {

    private static final String ANSWER = "a worker's answer";
    private static final String WAY_OUT = "workers and driver must be of one version";

    private Facts() {
    }

    public static Outcome.Facts of(Object facts) {
        return new Outcome.Facts(Json.mapper().valueToTree(facts));
    }

    /** @throws BadInput when the outcome holds other facts */
    public static <T> T read(Outcome outcome, Class<T> form) {
        var facts = outcome.as(Outcome.Facts.class).orElseThrow(() -> new BadInput(ANSWER, "must be facts", outcome.word(), WAY_OUT));
        try {
            return Json.mapper().treeToValue(facts.facts(), form);
        } catch (JsonProcessingException e) {
            throw new BadInput(new Problem(ANSWER, "must be " + form.getSimpleName(), JsonFault.of(e).found(), WAY_OUT), e);
        }
    }
}
