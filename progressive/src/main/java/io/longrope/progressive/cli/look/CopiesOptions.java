package io.longrope.progressive.cli.look;

import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.session.Bytes;
import io.longrope.evaluator.session.ModelPlan;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.evaluator.session.ModelUse;
import io.longrope.evaluator.text.Root;
import io.longrope.evaluator.worker.Roots;
import io.longrope.evaluator.worker.SampleBook;
import io.longrope.progressive.cli.option.DeviceOptions;
import io.longrope.progressive.cli.option.MemoryOptions;
import io.longrope.progressive.local.Workers;
import io.longrope.search.problem.BadInput;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.Precision;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** How many threads use a model at a time, and where. */
final class CopiesOptions {

    @Option(names = "--workers", paramLabel = "N", description = "Threads that use the model at a time; its weights are in memory once"
            + " (default: one per CPU core as far as memory allows, one on a GPU).")
    private Integer workers;

    @Mixin
    private DeviceOptions device;

    @Mixin
    private MemoryOptions memory;

    /** By which a session of these options goes, whether the device is there or not. */
    ModelPlan plan(ModelConfig model, Precision precision, ModelUse use) {
        try (var session = memory.session(device.named())) {
            return session.plan(model, precision, Arithmetic.USUAL_CHUNK, use);
        }
    }

    /** @throws BadInput when the device is missing */
    ModelSession session() {
        return memory.session(device.present());
    }

    /**
     * Of threads that score one checkpoint.
     *
     * @param data root of texts
     */
    Workers.Setting setting(Path checkpoint, SampleBook samples, Path data, ModelSession session) {
        // who names a checkpoint on the command line may have links lead wherever they do
        var roots = new Roots(List.of(Root.of(checkpoint.toAbsolutePath().getRoot(), "MODEL")), Root.of(data, "--data"), Optional.empty());
        return new Workers.Setting("worker", roots, samples, session, device.place(), false, true);
    }

    /**
     * Those asked for, or those that fit.
     *
     * @param plan of one of them
     * @throws BadInput when they do not fit
     */
    int count(ModelSession session, ModelPlan plan) {
        plan.requireFits(session.memories());
        int fitting = plan.besideEachOther(session.memories());
        if (workers == null) {
            return Math.min(fitting, device.copies());
        }
        if (workers > fitting) {
            throw new BadInput("memory", "must hold " + workers + " times " + plan.use().describe() + " with one model, an estimated "
                    + Bytes.format(plan.largest().total(workers)), Bytes.format(session.memory()), "choose --workers " + fitting);
        }
        return workers;
    }
}
