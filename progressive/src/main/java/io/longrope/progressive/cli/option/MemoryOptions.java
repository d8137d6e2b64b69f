package io.longrope.progressive.cli.option;

import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.session.Bytes;
import io.longrope.evaluator.session.ModelSession;
import picocli.CommandLine.Option;

import java.util.List;
import java.util.OptionalLong;

/** How much memory models may take. */
public final class MemoryOptions {

    private static final String NAME = "--memory-limit";

    @Option(names = NAME, paramLabel = "SIZE", description = "Memory to keep within, of each device, e.g. 12GiB. A model that is"
            + " larger is scored with as many of its layers as it takes read from its files for each pass; what is estimated to need more"
            + " all the same is refused (default: all memory of the device; a device that does not tell needs this).")
    private String limit;

    /** Where the command's models are; whoever opens it closes it. */
    public ModelSession session(List<Device> devices) {
        var usual = ModelSession.Limits.USUAL;
        return new ModelSession(devices,
                limit == null ? usual : new ModelSession.Limits(usual.models(), OptionalLong.of(Bytes.parse(NAME, limit))));
    }
}
