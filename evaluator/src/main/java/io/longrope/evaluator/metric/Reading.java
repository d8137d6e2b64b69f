package io.longrope.evaluator.metric;

import java.util.OptionalInt;

/** How much of a text a model is given at once: whatever a metric asks for, or windows of it. */
public sealed interface Reading permits Reading.Whole, Crop {

    Reading WHOLE = new Whole();

    /** The same for texts that begin with a start token, or with none. */
    Reading after(OptionalInt startToken);

    /** The model as a metric sees it when it reads so. */
    Subject of(Subject model);

    /** Tokens the model is given at once at most, where the text has so many. */
    int context(int length);

    /** How it reads, to be recorded with a result; empty when there is nothing to say. */
    String protocol();

    /** All at once. */
    record Whole() implements Reading {

        @Override
        public Reading after(OptionalInt startToken) {
            return this;
        }

        @Override
        public Subject of(Subject model) {
            return model;
        }

        @Override
        public int context(int length) {
            return length;
        }

        @Override
        public String protocol() {
            return "";
        }
    }
}
