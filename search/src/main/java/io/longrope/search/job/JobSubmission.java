package io.longrope.search.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.longrope.search.json.Json;
import io.longrope.search.problem.Require;

import java.time.Instant;

/**
 * A job as it was asked for.
 *
 * @param id   the job
 * @param plan the whole plan as JSON text, complete: two submissions of equal plans give equal results
 * @param at   when it was submitted
 */
public record JobSubmission(JobId id, String plan, Instant at) {

    public JobSubmission {
        Require.present(id, "submission.id");
        Require.notBlank(plan, "submission.plan");
        Require.present(at, "submission.at");
    }

    /** What the plan calls the job; empty where the text is no plan, for it is whatever somebody sent. */
    public String name() {
        try {
            return Json.mapper().readTree(plan).path("name").asText();
        } catch (JsonProcessingException e) {
            return "";
        }
    }
}
