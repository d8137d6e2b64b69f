package io.longrope.evaluator.decoder.internal;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.types.Shape;
import io.longrope.evaluator.decoder.Device;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A device that fails where memory is asked for, in the real decoder and trainer: either before the n-th time of a place that Java comes
 * to, or in the midst of a method of the script, by a statement put into it. What fails is a real request for more than any machine has,
 * refused by PyTorch's own allocator, or what CUDA says of a device that broke. The device is in order again once this is closed.
 */
public final class BrokenDevice implements AutoCloseable {

    /** How it fails. */
    public enum Failure {
        /** Printed, as a tensor that nobody reads is never asked for. */
        OUT_OF_MEMORY("print(torch.size(torch.empty([1125899906842624], dtype=6, layout=None, device=None, pin_memory=None,"
                + " memory_format=None), 0))") {
            @Override
            EngineException exception() {
                try (var manager = Script.manager(Device.CPU)) {
                    manager.zeros(new Shape(1L << 50)).close();
                    throw new AssertionError("4 PiB were given");
                } catch (EngineException e) {
                    return e;
                }
            }
        },
        DEVICE_ERROR("ops.prim.RaiseException(\"" + BrokenDevice.ILLEGAL_ACCESS + "\")") {
            @Override
            EngineException exception() {
                return new EngineException(ILLEGAL_ACCESS);
            }
        };

        private final String statement;

        Failure(String statement) {
            this.statement = statement;
        }

        abstract EngineException exception();
    }

    public static final String ILLEGAL_ACCESS = "CUDA error: an illegal memory access was encountered";

    private final AutoCloseable repair;

    private BrokenDevice(AutoCloseable repair) {
        this.repair = repair;
    }

    /** @param place as {@link DeviceMemory#asked} is told it; from the n-th time on, counted from 1, it fails in any thread of that name */
    public static BrokenDevice at(String place, int nth, Failure failure, String threadName) {
        var times = new AtomicInteger();
        return new BrokenDevice(DeviceMemory.watch(asked -> {
            if (asked.equals(place) && Thread.currentThread().getName().matches(threadName) && times.incrementAndGet() >= nth) {
                throw failure.exception();
            }
        }));
    }

    /** As {@link #at(String, int, Failure, String)}, in every thread. */
    public static BrokenDevice at(String place, int nth, Failure failure) {
        return at(place, nth, failure, ".*");
    }

    /** @param line the beginning of a line of the script, before which it fails; with {@code condition} an expression of the script */
    public static BrokenDevice inside(String line, String condition, Failure failure) {
        var sources = Script.sources().stream().map(source -> broken(source, line, condition, failure)).toList();
        if (sources.equals(Script.sources())) {
            throw new AssertionError("the script has no such line any more: " + line);
        }
        return new BrokenDevice(Script.instance().inPlace(sources));
    }

    private static String broken(String source, String line, String condition, Failure failure) {
        var indentation = line.substring(0, line.length() - line.stripLeading().length());
        return source.replace("\n" + line, "\n" + indentation + "if " + condition + ":\n" + indentation + "  " + failure.statement
                + "\n" + line);
    }

    @Override
    public void close() {
        try {
            repair.close();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
