package io.longrope.progressive.verify;

/**
 * How near a hypothesis comes to what a server told.
 *
 * @param difference mean of the absolute differences of log-probabilities, in nats
 * @param positions  that were compared
 */
public record Comparison(Hypothesis hypothesis, double difference, int positions) {
}
