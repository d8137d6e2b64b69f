package io.longrope.progressive.report;

import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.progressive.plan.Lengths;
import io.longrope.progressive.plan.PlanMemory;
import io.longrope.search.work.Precision;

import java.util.List;
import java.util.Locale;

/**
 * What it costs to read layers from their files for each pass: calculated, not measured. On every device they are read while others are
 * computed, so that only what takes longer than the arithmetic is lost.
 *
 * @param bytes      read for a pass
 * @param operations floating-point operations of a pass
 */
public record StreamingCost(DeviceModel device, Precision precision, long bytes, double operations) {

    private static final double SECONDS_PER_HOUR = 3600;

    /** Seconds of a pass that reading takes. */
    public double reading() {
        return bytes / device.readSpeed();
    }

    /** Seconds of arithmetic. */
    public double computing() {
        return SECONDS_PER_HOUR * device.hours(operations, precision);
    }

    /** Share of the arithmetic's time that a pass takes longer. */
    public double overhead() {
        return Math.max(0, reading() / computing() - 1);
    }

    /** The same if nothing were computed while a layer is read. */
    public double overheadInLine() {
        return reading() / computing();
    }

    /**
     * A line for each stage.
     *
     * @param precision of the passes
     */
    public static List<String> of(List<PlanMemory.Streamed> stages, ModelConfig model, Precision precision) {
        return stages.stream().map(stage -> line(stage, new PassCost(model).operations(stage.length()), precision)).toList();
    }

    private static String line(PlanMemory.Streamed stage, double operations, Precision precision) {
        var plan = stage.plan();
        var how = stage.stage() + " at " + Lengths.format(stage.length()) + " on " + stage.device().device() + ": "
                + plan.placement().describe() + ", " + Quantities.brief(plan.bytesRead()) + "B";
        return how + DeviceModel.ofProduct(stage.device().device(), stage.device().name()).map(device -> {
            var cost = new StreamingCost(device, precision, plan.bytesRead(), operations);
            return String.format(Locale.ROOT, "; calculated for %s: %.3g s of reading beside %.3g s of arithmetic, %.1f %% longer"
                    + " than with all in memory (%.1f %% if not beside it)", device.id(), cost.reading(), cost.computing(),
                    100 * cost.overhead(), 100 * cost.overheadInLine());
        }).orElse("; what that costs is not calculated for such a device");
    }
}
