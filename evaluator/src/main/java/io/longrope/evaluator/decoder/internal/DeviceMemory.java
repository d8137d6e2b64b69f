package io.longrope.evaluator.decoder.internal;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;

import java.nio.Buffer;
import java.util.function.Consumer;

/**
 * Tensors made from what Java has, on the device of a manager. With {@link Script}'s calls these are all the places at which a device is
 * asked for memory, and each passes {@link #asked} first: a test can have any of them fail as a device does.
 */
public final class DeviceMemory {

    private static final Consumer<String> NOBODY = place -> { };
    private static volatile Consumer<String> watcher = NOBODY;

    private DeviceMemory() {
    }

    /** @param place a method of the script, or what is made here */
    static void asked(String place) {
        watcher.accept(place);
    }

    /** For tests: whoever is told of each place before memory is asked for, in the thread that asks; nobody once this is closed. */
    static AutoCloseable watch(Consumer<String> told) {
        watcher = told;
        return () -> watcher = NOBODY;
    }

    /** [n] i64 */
    public static PtNDArray of(PtNDManager manager, long[] values) {
        return of(manager, values, new Shape(values.length));
    }

    public static PtNDArray of(PtNDManager manager, long[] values, Shape shape) {
        asked("integers");
        return (PtNDArray) manager.create(values, shape);
    }

    /** [n] f32 */
    public static PtNDArray of(PtNDManager manager, float[] values) {
        return of(manager, values, new Shape(values.length));
    }

    public static PtNDArray of(PtNDManager manager, float[] values, Shape shape) {
        asked("floats");
        return (PtNDArray) manager.create(values, shape);
    }

    public static PtNDArray of(PtNDManager manager, double[] values, Shape shape) {
        asked("doubles");
        return (PtNDArray) manager.create(values, shape);
    }

    /** Of a buffer's content. */
    static PtNDArray of(PtNDManager manager, Buffer content, Shape shape, DataType type) {
        asked("stored values");
        return manager.create(content, shape, type);
    }

    /** f32 */
    public static PtNDArray zeros(PtNDManager manager, Shape shape) {
        asked("zeros");
        return (PtNDArray) manager.zeros(shape);
    }

    /** A copy of its own: a tensor made from Java's memory aliases that. */
    public static PtNDArray copy(PtNDArray tensor) {
        asked("copy");
        return (PtNDArray) tensor.duplicate();
    }
}
