package io.longrope.search.work;

import io.longrope.search.problem.Require;

/**
 * Names a whole text.
 *
 * @param path        below the worker's data root
 * @param fingerprint SHA-256 of its content, lower-case hex: a worker that has another text of that name refuses the task
 */
public record TextReference(String path, String fingerprint) {

    public TextReference {
        Require.notBlank(path, "text.path");
        Require.notBlank(fingerprint, "text.fingerprint");
    }
}
