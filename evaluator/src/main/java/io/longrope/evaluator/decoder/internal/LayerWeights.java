package io.longrope.evaluator.decoder.internal;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;

import java.util.Map;

/** The layers' dictionaries as one pass takes them, in their order: those in memory, or each brought there when its turn comes. */
interface LayerWeights extends AutoCloseable {

    /** One layer's dictionary. It stays this layer's until the next but one is asked for; whoever gave it closes it. */
    IValue layer(int index);

    /** The same with more in it. Whoever asks for it closes it. */
    IValue layerWith(int index, Map<String, PtNDArray> more);

    /** Once nothing computes with them any more. */
    @Override
    void close();
}
