package io.longrope.search.work;

import java.util.OptionalInt;

/**
 * What tasks that take about as long on one device have in common.
 *
 * @param model     the checkpoint
 * @param length    tokens that are read
 * @param objective what is measured on them
 * @param window    tokens seen at once, where that is not all
 */
public record Effort(ModelReference model, int length, Objective objective, OptionalInt window) {
}
