package io.longrope.evaluator.metric;

/** A model under one candidate: its losses, and how it continues a text. */
public interface Subject extends TokenLosses, Generator {
}
