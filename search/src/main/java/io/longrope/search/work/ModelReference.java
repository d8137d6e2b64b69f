package io.longrope.search.work;

import com.fasterxml.jackson.annotation.JacksonInject;
import io.longrope.search.json.Json;
import io.longrope.search.problem.Require;

import java.util.Optional;

/**
 * Names a checkpoint.
 *
 * @param path        the checkpoint directory's path below the worker's models root
 * @param fingerprint SHA-256 of everything in it that decides a score, lower-case hex: a worker whose checkpoint of
 *                    that path differs refuses the evaluation
 * @param startToken  what its samples, prompts and training windows begin with: {@code none} or a token id; empty = what its own
 *                    tokenizer says. Part of ids only where it is there
 */
public record ModelReference(String path, String fingerprint, Optional<String> startToken) {

    public ModelReference(String path, String fingerprint, @JacksonInject(Json.TEXT_LEFT_OUT) Optional<String> startToken) {
        Require.notBlank(path, "model.path");
        Require.notBlank(fingerprint, "model.fingerprint");
        Require.present(startToken, "model.startToken");
        this.path = path;
        this.fingerprint = fingerprint;
        this.startToken = startToken;
    }

    /** With the start token of its own tokenizer. */
    public ModelReference(String path, String fingerprint) {
        this(path, fingerprint, Optional.empty());
    }
}
