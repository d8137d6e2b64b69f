package io.longrope.search.work;

import io.longrope.search.problem.Require;

/**
 * Names one sample so that any worker can cut the same tokens from the same text.
 *
 * @param text        the text's path below the worker's data root
 * @param share       the part of the text the sample comes from
 * @param index       number of the sample among those of its share, length and seed, from 0
 * @param length      tokens, start token included; at least 2
 * @param seed        decides where in its share each sample begins
 * @param fingerprint SHA-256 of the token ids, lower-case hex: a worker that cuts other tokens refuses the task
 */
public record Sample(String text, SampleShare share, int index, int length, long seed, String fingerprint) {

    public Sample {
        Require.notBlank(text, "sample.text");
        Require.present(share, "sample.share");
        Require.atLeast(0, index, "sample.index");
        Require.atLeast(2, length, "sample.length");
        Require.notBlank(fingerprint, "sample.fingerprint");
    }
}
