package io.longrope.search.job;

import io.longrope.search.training.TrainingCommand;
import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.search.work.Objective;
import io.longrope.search.work.Precision;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;
import io.longrope.search.problem.Suggestion;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads the stages of a plan over the defaults its search section sets for all of them. */
final class StageReader {

    private static final List<String> KINDS = List.of("search", "fine-tune", "recovery");

    private final List<Problem> problems;
    private final SearchReader searches;
    private final SearchPlan defaults;
    private final boolean oneObjective;

    StageReader(List<Problem> problems, PlanSection searchSection, int samples, StartReader starts) {
        this.problems = problems;
        this.searches = new SearchReader(starts);
        this.defaults = defaults(searchSection, SearchPlan.defaults(samples));
        this.oneObjective = searchSection.has("objective");
        searchSection.refuseUnknown();
    }

    /** What holds for every search; what cannot go together is noted and left out. */
    private SearchPlan defaults(PlanSection section, SearchPlan papers) {
        int before = problems.size();
        try {
            return searches.read(section, papers, SearchPlan::usualObjective);
        } catch (BadInput e) {
            note(e, "search", before);
            return papers;
        }
    }

    List<StagePlan> read(Map<String, JsonNode> items) {
        var stages = new ArrayList<StagePlan>();
        items.forEach((path, item) -> stage(path, item).ifPresent(stages::add));
        return stages;
    }

    private Optional<StagePlan> stage(String path, JsonNode item) {
        var kind = item.isObject() && item.size() == 1 ? item.fieldNames().next() : "";
        if (!KINDS.contains(kind)) {
            var found = kind.isEmpty() ? item.getNodeType().name().toLowerCase(Locale.ROOT) + " of " + item.size() + " keys" : kind;
            problems.add(new Problem(path, "must have one key: search, fine-tune or recovery", found, kind.isEmpty() ? "" : Suggestion.forName(kind, KINDS)));
            return Optional.empty();
        }
        var section = new PlanSection(item.get(kind), path + "." + kind, problems);
        int before = problems.size();
        try {
            return Optional.of(switch (kind) {
                case "search" -> searchStage(section);
                case "fine-tune" -> fineTune(section);
                default -> recovery(section);
            });
        } catch (BadInput e) {
            note(e, section.path(), before);
            return Optional.empty();
        } finally {
            section.refuseUnknown();
        }
    }

    /** A record names its fields after the kind of stage, and repeats what its section has already said of a value it could not read. */
    private void note(BadInput e, String path, int problemsBefore) {
        if (problems.size() == problemsBefore) {
            e.problems().forEach(problem -> problems.add(new Problem(path + "." + problem.name().replaceFirst("^(search|fine-tune|recovery)\\.", ""),
                    problem.rule(), problem.found(), problem.wayOut())));
        }
    }

    private SearchStagePlan searchStage(PlanSection section) {
        int length = section.length("length", null);
        var on = section.choice("on", SearchStagePlan.On.LATEST, SearchStagePlan.On.class);
        boolean multipliers = section.flag("multipliers", false);
        var fallbackName = "search-" + Lengths.format(length) + (on == SearchStagePlan.On.BASE ? "-base" : "");
        return new SearchStagePlan(name(section, fallbackName), length, on, multipliers,
                searches.read(section, defaults, algorithm -> oneObjective ? defaults.objective() : SearchPlan.usualObjective(algorithm)));
    }

    private FineTuneStagePlan fineTune(PlanSection section) {
        int length = section.length("length", null);
        int batch = section.count("batch", 32, 1);
        int steps = section.count("steps", null, 1);
        return new FineTuneStagePlan(name(section, "fine-tune-" + Lengths.format(length)), length, section.length("train-length", length),
                steps, batch, section.count("micro-batch", 1, 1), section.number("learning-rate", 2e-5, 0, false, 10),
                section.choice("schedule", FineTuneStagePlan.Schedule.LINEAR, FineTuneStagePlan.Schedule.class),
                section.count("warmup", 0, 0), section.number("clip", 1.0, 0, false, Double.MAX_VALUE),
                section.number("weight-decay", 0.0, 0, true, Double.MAX_VALUE), section.number("beta1", 0.9, 0, false, 1),
                section.number("beta2", 0.999, 0, false, 1), section.choice("precision", Precision.F32, Precision.class),
                section.flag("recompute", false), sequences(section), lora(section), section.count("held-out-every", 0, 0),
                section.count("held-out-samples", 8, 1), section.count("checkpoint-every", 50, 1), command(section));
    }

    private static FineTuneStagePlan.Sequences sequences(PlanSection section) {
        var plain = FineTuneStagePlan.Sequences.PLAIN;
        return new FineTuneStagePlan.Sequences(section.choice("positions", plain.positions(), FineTuneStagePlan.Positions.class),
                section.count("chunks", plain.chunks(), 1), section.number("short-share", plain.shortShare(), 0, true, 1));
    }

    private static Optional<FineTuneStagePlan.Lora> lora(PlanSection section) {
        if (!section.has("lora")) {
            return Optional.empty();
        }
        var lora = section.section("lora");
        int rank = lora.count("rank", null, 1);
        var targets = Arrays.stream(FineTuneStagePlan.Lora.Target.values()).collect(Collectors.toMap(PlanWriter::key, target -> target));
        try {
            return Optional.of(new FineTuneStagePlan.Lora(rank, lora.number("alpha", 2.0 * rank, 0, false, Double.MAX_VALUE),
                    lora.list("targets", List.of(FineTuneStagePlan.Lora.Target.values()), "must be a list of q, k, v, o, gate, up and down",
                            value -> Optional.ofNullable(targets.get(value.asText())))));
        } finally {
            lora.refuseUnknown();
        }
    }

    private static Optional<TrainingCommand> command(PlanSection section) {
        var timeout = section.value("timeout", Duration.ZERO, "must be a time such as 90s, 30m, 72h or 14d",
                value -> value.isValueNode() ? TrainingCommand.parseTime(value.asText()) : Optional.empty());
        if (!section.has("command")) {
            if (!timeout.isZero()) {
                section.problem("timeout", "must come with the command it is for", timeout, "");
            }
            return Optional.empty();
        }
        var words = section.<List<String>>value("command", List.of("missing"), "must be a program with its arguments, as a list of words or in one line",
                StageReader::words);
        return Optional.of(new TrainingCommand(words, timeout));
    }

    private static Optional<List<String>> words(JsonNode value) {
        var words = new ArrayList<String>();
        if (value.isTextual()) {
            words.addAll(List.of(value.textValue().strip().split("\\s+")));
        }
        value.forEach(word -> words.add(word.isValueNode() ? word.asText() : ""));
        return words.isEmpty() || words.contains("") ? Optional.empty() : Optional.of(words);
    }

    private RecoveryStagePlan recovery(PlanSection section) {
        var lengths = section.lengths("lengths", null);
        // LongRoPE2 searches no short windows
        return new RecoveryStagePlan(name(section, "recovery"), lengths,
                searches.read(section, defaults, algorithm -> oneObjective ? defaults.objective() : Objective.PERPLEXITY));
    }

    private static String name(PlanSection section, String fallback) {
        return section.value("name", fallback, "must be lower-case letters, digits, dots and dashes, at most 80",
                value -> Optional.of(value.asText()).filter(text -> JobPlan.NAME.matcher(text).matches()));
    }
}
