package io.longrope.evaluator.facts;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;
import io.longrope.search.work.Outcome;

/** The records of this package as results carry them. */
public final class Facts {

    private Facts() {
    }

    public static Outcome.Facts of(Object facts) {
        return new Outcome.Facts(Json.mapper().valueToTree(facts));
    }

    /** @throws BadInput when the outcome holds other facts */
    public static <T> T read(Outcome outcome, Class<T> form) {
        if (outcome instanceof Outcome.Facts facts) {
            try {
                return Json.mapper().treeToValue(facts.facts(), form);
            } catch (JsonProcessingException e) {
                throw new BadInput(new Problem("a worker's answer", "must be " + form.getSimpleName(), e.getOriginalMessage(),
                        "workers and driver must be of one version"), e);
            }
        }
        throw new BadInput("a worker's answer", "must be facts", outcome.getClass().getSimpleName(),
                "workers and driver must be of one version");
    }
}
