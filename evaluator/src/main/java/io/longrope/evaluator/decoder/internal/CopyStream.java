package io.longrope.evaluator.decoder.internal;

import ai.djl.engine.EngineException;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.ScriptCalls;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;

/**
 * A stream of a GPU for one thread's copies. Without it they would wait for the layer that is being computed, and the next layer for
 * them: a fifth of the time at 32k tokens. It is source of its own, as only PyTorch's libraries for CUDA know streams.
 */
final class CopyStream {

    static final String SOURCE = "/io/longrope/evaluator/decoder/streams.py.txt";
    private static final Logger LOG = LoggerFactory.getLogger(CopyStream.class);

    private CopyStream() {
    }

    private static final class Loaded {

        private static final PtSymbolBlock STREAMS = Script.compiled(List.of(Script.source(SOURCE)));
    }

    /**
     * What the calling thread asks of a GPU from now on runs beside what other threads ask of it. Where PyTorch has no streams it runs
     * between that: later, and with the same result.
     *
     * @param like lies on the GPU
     */
    static void use(PtNDArray like) {
        try (var on = IValue.from(like)) {
            ScriptCalls.run(Loaded.STREAMS, "own_stream", true, on).close();
        } catch (EngineException | ExceptionInInitializerError | NoClassDefFoundError e) {
            LOG.warn("layers are uploaded between passes over others, not beside them, for this PyTorch has no streams: {}", e.toString());
        }
    }
}
