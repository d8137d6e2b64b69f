package io.longrope.evaluator.decoder.internal;

import ai.djl.engine.Engine;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.ScriptCalls;
import io.longrope.evaluator.engine.NativeLibraries;
import io.longrope.evaluator.decoder.Device;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The project's TorchScript, loaded once per process: its methods by name, with Java arguments. It holds no state, results
 * belong to the manager given, and several threads may call it at once.
 */
public final class Script {

    private static final List<String> SOURCES = List.of(
            "/io/longrope/evaluator/decoder/decoder.py.txt",
            "/io/longrope/evaluator/decoder/attention.py.txt",
            "/io/longrope/evaluator/training/training.py.txt");

    private static final String CLASS_NAME = "Decoder";
    /** Gradient mode and the graph optimiser are settings of a thread, and Java's threads start with both on. */
    private static final ThreadLocal<Boolean> THREAD_IS_SET_UP = ThreadLocal.withInitial(() -> false);

    private volatile PtSymbolBlock block;

    private Script(PtSymbolBlock block) {
        this.block = block;
    }

    public static Script instance() {
        return Loaded.SCRIPT;
    }

    /** Compiling takes a second, and each method is compiled again at its first call. */
    private static final class Loaded {

        private static final Script SCRIPT = load();

        private static Script load() {
            return new Script(compiled(sources()));
        }
    }

    static List<String> sources() {
        return SOURCES.stream().map(Script::source).toList();
    }

    static PtSymbolBlock compiled(List<String> sources) {
        var archive = ScriptArchive.of(CLASS_NAME, sources);
        var manager = (PtNDManager) engine().newBaseManager();
        try {
            // without a Model: a Model that is garbage collected closes its block
            return JniUtils.loadModule(manager, new ByteArrayInputStream(archive), false, false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For tests: methods of other sources run in place of these, until that is closed. */
    AutoCloseable inPlace(List<String> sources) {
        var own = block;
        var other = compiled(sources);
        block = other;
        return () -> {
            block = own;
            other.close();
        };
    }

    /** Gives back what PyTorch's allocator keeps of GPUs' memory. */
    public static void freeCudaCache() {
        engine();
        JniUtils.emptyCudaCache();
    }

    /**
     * Sets the threads libtorch uses inside the operations that the calling thread asks for from now on; other threads keep their
     * own number. Sums are split by it, so results are equal to the bit only between equal counts.
     */
    public static void setThreads(int threads) {
        engine();
        // a thread's first operation would otherwise set the number again, to that of whoever set one last
        JniUtils.getNumThreads();
        JniUtils.setNumThreads(threads);
    }

    public static Engine engine() {
        return NativeLibraries.load(() -> Engine.getEngine("PyTorch"));
    }

    /** A new manager, whose tensors lie on the device; to be closed by the caller. */
    public static PtNDManager manager(Device device) {
        return (PtNDManager) engine().newBaseManager(place(device));
    }

    /** The same, closed with another at the latest. */
    public static PtNDManager manager(PtNDManager parent, Device device) {
        return (PtNDManager) parent.newSubManager(place(device));
    }

    private static ai.djl.Device place(Device device) {
        return device.gpu().isEmpty() ? ai.djl.Device.cpu() : ai.djl.Device.gpu(device.gpu().getAsInt());
    }

    /** Returns once everything is done that the calling thread has asked of a GPU; on a CPU that is always so. */
    static void await(PtNDArray onDevice) {
        try (var first = instance().tensor((PtNDManager) onDevice.getManager(), "first", onDevice)) {
            first.toFloatArray();
        }
    }

    public void run(String method, Object... arguments) {
        call(method, arguments).close();
    }

    public PtNDArray tensor(PtNDManager manager, String method, Object... arguments) {
        try (var result = call(method, arguments)) {
            return result.toTensor(manager);
        }
    }

    public PtNDArray[] tensors(PtNDManager manager, String method, Object... arguments) {
        try (var result = call(method, arguments)) {
            if (!result.isTuple()) {
                return result.toTensorArray(manager);
            }
            var items = result.toIValueTuple();
            var tensors = Arrays.stream(items).map(item -> item.toTensor(manager)).toArray(PtNDArray[]::new);
            Arrays.stream(items).forEach(IValue::close);
            return tensors;
        }
    }

    /** With gradient mode on; the method itself asks for gradients, and returns a list of tensors. */
    public PtNDArray[] differentiate(PtNDManager manager, String method, Object... arguments) {
        setUpThread();
        JniUtils.setGradMode(true);
        try (var result = call(method, arguments)) {
            return result.toTensorArray(manager);
        } finally {
            JniUtils.setGradMode(false);
        }
    }

    private IValue call(String method, Object... arguments) {
        setUpThread();
        DeviceMemory.asked(method);
        var values = new IValue[arguments.length];
        try {
            for (int i = 0; i < arguments.length; i++) {
                values[i] = value(arguments[i]);
            }
            // never in inference mode: its tensors could not enter an autograd graph later
            return ScriptCalls.run(block, method, true, values);
        } finally {
            for (int i = 0; i < arguments.length; i++) {
                if (values[i] != null && values[i] != arguments[i]) {
                    values[i].close();
                }
            }
        }
    }

    /** An {@link IValue} passes as it is and stays open: weights are wrapped once and used for every call. */
    private static IValue value(Object argument) {
        if (argument instanceof IValue value) {
            return value;
        }
        if (argument instanceof PtNDArray tensor) {
            return IValue.from(tensor);
        }
        if (argument instanceof PtNDArray[] tensors) {
            return IValue.listFrom(tensors);
        }
        if (argument instanceof Integer || argument instanceof Long) {
            return IValue.from(((Number) argument).longValue());
        }
        if (argument instanceof Boolean flag) {
            return IValue.from(flag);
        }
        if (argument instanceof Double number) {
            return IValue.from(number);
        }
        throw new IllegalArgumentException("a script takes tensors, numbers and flags, but was given a "
                + argument.getClass().getName());
    }

    public static IValue dictionary(Map<String, PtNDArray> tensors) {
        return IValue.stringMapFrom(tensors);
    }

    public static IValue list(List<IValue> values) {
        return IValue.listFrom(values.toArray(IValue[]::new));
    }

    private static void setUpThread() {
        if (!THREAD_IS_SET_UP.get()) {
            engine();
            JniUtils.setGradMode(false);
            JniUtils.setGraphExecutorOptimize(false);
            THREAD_IS_SET_UP.set(true);
        }
    }

    static String source(String resource) {
        try (var stream = Script.class.getResourceAsStream(resource)) {
            return new String(Objects.requireNonNull(stream, resource).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
