package io.longrope.evaluator.decoder;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.types.Shape;
import io.longrope.evaluator.decoder.internal.Script;

import java.util.Optional;

/** Asks a device for more memory than it can have, which must be refused and leave it in order. */
public final class MemoryTrial {

    /** What no address space has: a system that lends more than there is refuses that all the same, and no process is killed for it. */
    private static final long BYTES = 1L << 55;

    private MemoryTrial() {
    }

    /** What PyTorch says to it; empty when it gave it. */
    public static Optional<String> refusal(Device device) {
        try (var manager = Script.manager(device)) {
            manager.zeros(new Shape(BYTES / Float.BYTES)).close();
            return Optional.empty();
        } catch (EngineException e) {
            return Optional.of(String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        } finally {
            device.freeCaches();
        }
    }
}
