package io.longrope.progressive.cli;

import io.longrope.evaluator.decoder.Device;
import io.longrope.progressive.report.PassCost;
import io.longrope.progressive.report.Quantities;
import io.longrope.progressive.plan.Lengths;
import io.longrope.search.problem.BadInput;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How many copies of a model compute, and where. */
final class CopiesOptions {

    @Option(names = "--workers", paramLabel = "N", description = "Threads, a copy of the model each"
            + " (default: one per CPU core as far as memory allows, one on a GPU).")
    private Integer workers;

    @Mixin
    private DeviceOptions device;

    @Option(names = "--memory-limit", paramLabel = "SIZE", description = "Refuse what is estimated to need more, e.g. 12GiB"
            + " (default: all memory of the device).")
    private String memoryLimit;

    /** @throws BadInput when it is missing */
    Device device() {
        return device.present();
    }

    /**
     * Those asked for, or those that fit.
     *
     * @param needed memory of one at the length
     * @throws BadInput when they do not fit
     */
    int count(int length, PassCost.Memory needed) {
        long limit = memoryLimit == null ? device.memoryBytes() : Quantities.parseBytes("--memory-limit", memoryLimit);
        long fitting = Math.max(0, limit - needed.process()) / needed.copy();
        int asked = workers == null ? (int) Math.max(1, Math.min(fitting, device.copies())) : workers;
        if (asked > fitting) {
            throw new BadInput("memory", "must hold " + (asked == 1 ? "the model" : asked + " copies of the model") + " at " + Lengths.format(length)
                    + " tokens, an estimated " + Quantities.bytes(needed.process() + asked * needed.copy()), Quantities.bytes(limit),
                    fitting == 0 || asked == 1 ? "choose a shorter length or --precision bf16" : "choose --workers " + fitting);
        }
        return asked;
    }
}
