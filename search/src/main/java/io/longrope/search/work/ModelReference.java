package io.longrope.search.work;

import io.longrope.search.problem.Require;

/**
 * Names a checkpoint.
 *
 * @param path        the checkpoint directory's path below the worker's models root
 * @param fingerprint SHA-256 of everything in it that decides a score, lower-case hex: a worker whose checkpoint of
 *                    that path differs refuses the evaluation
 */
public record ModelReference(String path, String fingerprint) {

    public ModelReference {
        Require.notBlank(path, "model.path");
        Require.notBlank(fingerprint, "model.fingerprint");
    }
}
