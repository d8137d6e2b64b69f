package io.longrope.progressive.cli.option;

import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.engine.CudaDriver;
import io.longrope.progressive.cli.internal.Machine;
import io.longrope.progressive.local.Workers;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;
import picocli.CommandLine.Option;

import java.util.List;
import java.util.OptionalInt;
import java.util.Optional;
import java.util.stream.IntStream;

/** Where models compute. */
public final class DeviceOptions {

    private static final String NAME = "--device";
    private static final String EVERY_GPU = "gpus";

    @Option(names = NAME, paramLabel = "DEVICE", defaultValue = "cpu",
            description = "Where models compute: cpu, gpu or gpu:N, or several that share the layers of one model, gpu:0,gpu:1"
            + " (default: ${DEFAULT-VALUE}); for a worker also gpus: one on each GPU."
            + " Scores differ between devices by rounding. A GPU takes the fastest attention it has; gpu:N/cudnn, /flash, /efficient or"
            + " /plain forces one.")
    private String device;

    /** @throws BadInput when one is missing */
    public List<Device> present() {
        return present(named());
    }

    private static List<Device> present(List<Device> devices) {
        devices.stream().distinct().forEach(device -> device.requirePresent(NAME));
        return devices;
    }

    /** Places that share no models: each GPU where all were asked for, otherwise the one that was. */
    public List<List<Device>> places() {
        if (!device.equals(EVERY_GPU)) {
            return List.of(present());
        }
        return IntStream.range(0, CudaDriver.ask().gpus().size())
                .mapToObj(index -> present(List.of(new Device(OptionalInt.of(index), Optional.empty())))).toList();
    }

    /** As heartbeats tell of it. */
    public Workers.Place place() {
        return place(named());
    }

    /** The same of one of the {@link #places}. */
    public static Workers.Place place(List<Device> devices) {
        if (devices.stream().allMatch(Device.CPU::equals)) {
            return Machine.cpu(Device.describe(devices));
        }
        return new Workers.Place(Device.describe(devices), Machine.gpuProduct(), () -> new Workers.Memory(
                devices.stream().mapToLong(one -> one.memoryUsed().orElse(0)).sum(),
                devices.stream().mapToLong(one -> one.memoryBytes().orElse(0)).sum()));
    }

    /** Models that keep it busy. */
    public int copies() {
        return named().stream().anyMatch(one -> one.gpu().isPresent()) ? 1 : Machine.cores();
    }

    /** As they were given, whether they are there or not. */
    public List<Device> named() {
        Require.that(!device.equals(EVERY_GPU), NAME, "must name devices that share a model, unless it is of a worker", device);
        return Device.parseAll(NAME, device);
    }

    /** For what has one device. */
    public Device one() {
        var devices = named();
        Require.that(devices.size() == 1, NAME, "must be one device here", device);
        return devices.get(0);
    }
}
