package io.longrope.search.work;

import io.longrope.search.problem.Require;

/**
 * Names a sample set so that any worker can cut the same tokens from the same text.
 *
 * @param text        the text's path below the worker's data root
 * @param share       the part of the text the samples come from
 * @param count       number of samples, at least 1
 * @param length      tokens per sample, start token included; at least 2
 * @param seed        decides where in its share each sample begins
 * @param fingerprint SHA-256 of the token ids, lower-case hex: a worker that cuts other tokens refuses the evaluation
 */
public record SampleReference(String text, SampleShare share, int count, int length, long seed, String fingerprint) {

    public SampleReference {
        Require.notBlank(text, "samples.text");
        Require.present(share, "samples.share");
        Require.atLeast(1, count, "samples.count");
        Require.atLeast(2, length, "samples.length");
        Require.notBlank(fingerprint, "samples.fingerprint");
    }
}
