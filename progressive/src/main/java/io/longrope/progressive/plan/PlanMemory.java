package io.longrope.progressive.plan;

import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.facts.DeviceFacts;
import io.longrope.evaluator.session.Bytes;
import io.longrope.evaluator.session.MemoryPlan;
import io.longrope.evaluator.session.ModelPlan;
import io.longrope.evaluator.session.ModelUse;
import io.longrope.search.problem.Problem;
import io.longrope.search.training.LoraSettings;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.Precision;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The memory that the stages of a plan take on the device that does them, from what an inspection tells of checkpoint and devices:
 * nothing is opened or allocated for it.
 */
public final class PlanMemory {

    /** In {@link #problems}, of what the report measures. */
    public static final String REPORT = "report";

    private static final LoraSettings SMALL = new LoraSettings(16, 32, List.of(LoraSettings.Target.values()));
    private static final int SHORTEST = 1024;

    private final JobPlan plan;
    private final ModelConfig model;
    private final Precision precision;
    private final Device device;
    private final long available;

    /** Where only {@link #problems} and {@link #streamed} are asked for, which go by the devices they are asked of. */
    public PlanMemory(JobPlan plan, ModelConfig model, Precision stored) {
        this(plan, model, stored, Device.CPU, OptionalLong.empty());
    }

    /**
     * @param stored    number format of the checkpoint's weights, which is computed in where the plan names none
     * @param device    whose memory is told
     * @param available bytes of it; empty = as much as it takes
     */
    public PlanMemory(JobPlan plan, ModelConfig model, Precision stored, Device device, OptionalLong available) {
        this.device = device;
        this.plan = plan;
        this.model = model;
        this.precision = plan.precision().orElse(stored);
        this.available = available.orElse(Long.MAX_VALUE);
    }

    /** Of losses of sequences of that many tokens. */
    public ModelPlan scoring(int length) {
        return ModelPlan.of(List.of(device), List.of(available), model, precision, Arithmetic.USUAL_CHUNK,
                new ModelUse.Scoring(length, Attention.TRAINED));
    }

    /** Of answers to prompts of that many tokens. */
    public MemoryPlan generating(int length) {
        return generating(device, length);
    }

    /** Of one micro-batch at a time, the least it takes; empty where a program of the user's trains, wherever it does. */
    public Optional<MemoryPlan> training(FineTuneStagePlan tune) {
        return training(device, tune);
    }

    private MemoryPlan generating(Device on, int length) {
        return MemoryPlan.of(on, model, precision, new ModelUse.Generating(length, Attention.TRAINED));
    }

    /** As a session on it goes: a device that shares layers with others has memory of its own. */
    private ModelPlan on(DeviceFacts facts, Precision inPrecision, ModelUse use) {
        var devices = Arrays.stream(facts.device().split(","))
                .map(name -> name.equals(Device.CPU.toString()) ? Device.CPU : Device.FIRST_GPU).toList();
        return ModelPlan.of(devices, Collections.nCopies(devices.size(), facts.memory().orElse(0)), model, inPrecision,
                Arithmetic.USUAL_CHUNK, use);
    }

    private Optional<MemoryPlan> training(Device on, FineTuneStagePlan tune) {
        var settings = tune.training();
        return tune.command().isPresent() ? Optional.empty() : Optional.of(MemoryPlan.of(on, model, settings.precision(),
                ModelUse.Training.alone(tune.trainLength(), settings, tune.lora())));
    }

    /** Of every GPU a plan takes the same; what does not share layers has the first one. */
    private static Device on(DeviceFacts device) {
        return device.device().split(",")[0].equals(Device.CPU.toString()) ? Device.CPU : Device.FIRST_GPU;
    }

    /**
     * A stage that is scored with layers read from their files for each pass.
     *
     * @param stage  its name, or {@link #REPORT}
     * @param length the longest it scores
     */
    public record Streamed(String stage, int length, ModelPlan plan, DeviceFacts device) {
    }

    /** Stages that the largest of the devices holds only so. */
    public List<Streamed> streamed(List<DeviceFacts> devices) {
        var found = new ArrayList<Streamed>();
        largest(devices).filter(device -> device.memory().isPresent()).ifPresent(device -> {
            plan.stages().forEach(stage -> stage.as(new LongestScored())
                    .ifPresent(length -> found.add(new Streamed(stage.name(), length, scoring(device, length, precision), device))));
            plan.report().lengths().stream().max(Integer::compare)
                    .ifPresent(length -> found.add(new Streamed(REPORT, length, scoring(device, length, precision), device)));
        });
        return found.stream().filter(stage -> stage.plan().placement().streamed() > 0).toList();
    }

    private static Optional<DeviceFacts> largest(List<DeviceFacts> devices) {
        return devices.stream().max(Comparator.comparingLong(device -> device.memory().orElse(0) * device.device().split(",").length));
    }

    private static final class LongestScored implements StagePlan.Kinds<Optional<Integer>> {

        @Override
        public Optional<Integer> search(SearchStagePlan search) {
            return Optional.of(search.length());
        }

        @Override
        public Optional<Integer> recovery(RecoveryStagePlan recovery) {
            return recovery.lengths().stream().max(Integer::compare);
        }

        @Override
        public Optional<Integer> fineTune(FineTuneStagePlan tune) {
            return Optional.empty();
        }
    }

    /**
     * What none of the devices can hold, by the stage's name or {@link #REPORT}. A device whose memory is not known holds nothing, for its
     * worker refuses every use of a model; where no device is known, nothing is refused.
     */
    public Map<String, Problem> problems(List<DeviceFacts> devices) {
        var problems = new LinkedHashMap<String, Problem>();
        largest(devices).ifPresent(largest -> {
            for (int i = 0; i < plan.stages().size(); i++) {
                var stage = plan.stages().get(i);
                var path = "stages[" + i + "]." + stage.kind() + ".";
                stage.as(new ProblemOfStage(path, largest)).ifPresent(problem -> problems.put(stage.name(), problem));
            }
            problemOfReport(largest).ifPresent(problem -> problems.put(REPORT, problem));
        });
        return problems;
    }

    private final class ProblemOfStage implements StagePlan.Kinds<Optional<Problem>> {

        private final String path;
        private final DeviceFacts device;

        private ProblemOfStage(String path, DeviceFacts device) {
            this.path = path;
            this.device = device;
        }

        @Override
        public Optional<Problem> search(SearchStagePlan search) {
            return searching(path + "length", search.length(), search.search());
        }

        @Override
        public Optional<Problem> recovery(RecoveryStagePlan recovery) {
            int longest = recovery.lengths().stream().mapToInt(Integer::intValue).max().orElseThrow();
            return searching(path + "lengths", longest, recovery.search());
        }

        private Optional<Problem> searching(String key, int length, SearchPlan search) {
            var scored = problem(key, scoring(device, length, precision), device, shorter(length, device));
            return scored.isPresent() || !search.asksForSlopes() ? scored : problem(key, on(device, precision,
                    new ModelUse.Differentiating(length)), device, "another algorithm than gradient takes less");
        }

        @Override
        public Optional<Problem> fineTune(FineTuneStagePlan tune) {
            return training(on(device), tune).flatMap(memory -> problem(path + "train-length", memory, device, smaller(tune, device)));
        }
    }

    private Optional<Problem> problemOfReport(DeviceFacts device) {
        var scored = plan.report().lengths().stream().max(Integer::compare)
                .flatMap(length -> problem(REPORT + ".lengths", scoring(device, length, precision), device, shorter(length, device)));
        return scored.or(() -> plan.report().retrieval().flatMap(retrieval -> retrieval.lengths().stream().max(Integer::compare))
                .flatMap(length -> problem(REPORT + ".retrieval.lengths", on(device, precision,
                        new ModelUse.Generating(length, Attention.TRAINED)), device, "choose shorter lengths")));
    }

    private static Optional<Problem> problem(String key, ModelPlan plan, DeviceFacts device, String wayOut) {
        // with the devices' equal memory what fits the one that gives most fits all
        return problem(key, plan.largest(), device, wayOut);
    }

    /** Of what is on one device. */
    private static Optional<Problem> problem(String key, MemoryPlan memory, DeviceFacts device, String wayOut) {
        if (device.memory().isEmpty()) {
            return Optional.of(new Problem(key, "must fit the memory of " + device.device() + ", which its driver does not tell",
                    memory.describe(), "start the worker with --memory-limit"));
        }
        long available = device.memory().getAsLong();
        return memory.total() <= available ? Optional.empty() : Optional.of(new Problem(key, "must fit the "
                + Bytes.format(available) + " of " + device.device(), memory.describe(), wayOut));
    }

    /** The longest length of its halves that fits, in 16 bits where that helps. */
    private String shorter(int length, DeviceFacts device) {
        long available = device.memory().orElse(0);
        if (precision == Precision.F32 && scoring(device, length, Precision.BF16).most() <= available) {
            return "precision: bf16 takes " + Bytes.format(scoring(device, length, Precision.BF16).most());
        }
        for (int half = length / 2; half >= SHORTEST; half /= 2) {
            if (scoring(device, half, precision).most() <= available) {
                return "a length of " + Lengths.format(half) + " takes " + Bytes.format(scoring(device, half, precision).most());
            }
        }
        return "use a device with more memory";
    }

    private ModelPlan scoring(DeviceFacts facts, int length, Precision inPrecision) {
        return on(facts, inPrecision, new ModelUse.Scoring(length, Attention.TRAINED));
    }

    /** The least change of the training that fits: recomputing, then 16 bits, then adapters, then shorter sequences. */
    private String smaller(FineTuneStagePlan tune, DeviceFacts device) {
        long available = device.memory().orElse(0);
        for (int length = tune.trainLength(); length >= SHORTEST; length /= 2) {
            var shortened = length == tune.trainLength() ? "" : ", train-length: " + Lengths.format(length);
            var variants = new LinkedHashMap<String, MemoryPlan>();
            variants.put("recompute: true", recomputed(device, length, tune, tune.training().precision(), tune.lora()));
            variants.put("recompute: true, precision: bf16", recomputed(device, length, tune, Precision.BF16, tune.lora()));
            variants.put("recompute: true, precision: bf16, lora: {rank: " + SMALL.rank() + "}",
                    recomputed(device, length, tune, Precision.BF16, tune.lora().or(() -> Optional.of(SMALL))));
            for (var variant : variants.entrySet()) {
                if (variant.getValue().total() <= available) {
                    return variant.getKey() + shortened + " takes " + Bytes.format(variant.getValue().total());
                }
            }
        }
        return "train with a command of yours that shares the model among devices";
    }

    private MemoryPlan recomputed(DeviceFacts device, int length, FineTuneStagePlan tune, Precision inPrecision,
                                  Optional<LoraSettings> lora) {
        return MemoryPlan.of(on(device), model, inPrecision, new ModelUse.Training(length, tune.training().microBatch(), 1, true, lora));
    }
}
