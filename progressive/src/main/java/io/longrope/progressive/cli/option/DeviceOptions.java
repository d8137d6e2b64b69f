package io.longrope.progressive.cli.option;

import io.longrope.evaluator.decoder.Device;
import io.longrope.progressive.cli.internal.Machine;
import io.longrope.progressive.local.Workers;
import picocli.CommandLine.Option;

/** Where models compute. */
public final class DeviceOptions {

    private static final String NAME = "--device";

    @Option(names = NAME, paramLabel = "DEVICE", defaultValue = "cpu",
            description = "Where models compute: cpu, gpu or gpu:N (default: ${DEFAULT-VALUE})."
            + " Scores differ between devices by rounding. A GPU takes the fastest attention it has; gpu:N/cudnn, /flash, /efficient or"
            + " /plain forces one.")
    private String device;

    /** @throws io.longrope.search.problem.BadInput when it is missing */
    public Device present() {
        var parsed = named();
        parsed.requirePresent(NAME);
        return parsed;
    }

    /** As heartbeats tell of it. */
    public Workers.Place place() {
        var parsed = named();
        return parsed.gpu().isEmpty() ? Machine.cpu() : new Workers.Place(parsed.toString(), Machine.gpuProduct(),
                () -> new Workers.Memory(parsed.memoryUsed().orElse(0), parsed.memoryBytes().orElse(0)));
    }

    /** Models that keep it busy. */
    public int copies() {
        return named().gpu().isPresent() ? 1 : Machine.cores();
    }

    /** As it was given, whether it is there or not. */
    public Device named() {
        return Device.parse(NAME, device);
    }
}
