package io.longrope.search.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.longrope.search.work.Precision;
import io.longrope.search.work.SampleShare;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.rope.RopeScalings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads plans. Whatever is wrong, with the plan itself or with what it names, is reported at once and in one go. */
public final class PlanReader {

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final List<String> METHODS = List.of("original", "pi", "ntk", "dynamic-ntk", "yarn");

    private static final List<Double> DEPTHS = List.of(0.0, 0.25, 0.5, 0.75, 1.0);

    private final PlanSurroundings surroundings;

    public PlanReader(PlanSurroundings surroundings) {
        this.surroundings = surroundings;
    }

    /**
     * @param overrides {@code dotted.key=value} settings that replace or add to what the file says
     * @throws BadInput with every problem found
     */
    public JobPlan read(Path file, List<String> overrides) {
        var tree = tree(file);
        PlanOverrides.apply(tree, overrides);
        return read(tree, Optional.of(file.toAbsolutePath().getParent()));
    }

    /** The file's YAML as a tree, checked for nothing but its syntax. */
    public static JsonNode tree(Path file) {
        try {
            var tree = YAML.readTree(Files.readString(file));
            if (tree == null || !tree.isObject()) {
                throw new BadInput(file.toString(), "must hold a plan, a YAML mapping of keys to values", "something else", "");
            }
            return tree;
        } catch (NoSuchFileException e) {
            throw new BadInput(new Problem(file.toString(), "must be a plan file", "missing", "configs/ has plans to start from"), e);
        } catch (JsonProcessingException e) {
            var where = e.getLocation() == null ? "" : " line " + e.getLocation().getLineNr();
            throw new BadInput(new Problem(file + where, "must be YAML", e.getOriginalMessage().lines().findFirst().orElse("broken"), ""), e);
        } catch (IOException e) {
            throw new BadInput(new Problem(file.toString(), "must be a readable plan file", e.toString(), ""), e);
        }
    }

    /**
     * A plan that came without a file: it cannot name files beside itself.
     *
     * @throws BadInput with every problem found
     */
    public JobPlan read(JsonNode tree) {
        return read(tree, Optional.empty());
    }

    private JobPlan read(JsonNode tree, Optional<Path> directory) {
        var problems = new ArrayList<Problem>();
        var top = new PlanSection(tree, "", problems);
        top.whole("schema", null, JobPlan.SCHEMA, JobPlan.SCHEMA);
        var name = top.value("name", null, "must be lower-case letters, digits, dots and dashes, at most 80",
                value -> Optional.of(value.asText()).filter(text -> JobPlan.NAME.matcher(text).matches()));
        long seed = top.whole("seed", 0L, Long.MIN_VALUE, Long.MAX_VALUE);
        var model = top.text("model");
        var shape = top.has("shape") ? shape(top.section("shape"), problems) : null;
        int originalLength = top.has("original-length") ? top.length("original-length", null) : 0;
        var precision = top.choice("precision", Precision.F32, Precision.class);
        var data = data(top.section("data"));
        var starts = new StartReader(directory, () -> geometry(model, shape, originalLength), problems);
        var stages = new StageReader(problems, top.section("search"), data.samples().get(SampleShare.SEARCH), starts).read(top.items("stages"));
        var report = report(top.section("report"), stages);
        top.refuseUnknown();
        if (problems.isEmpty()) {
            var plan = new JobPlan(name, seed, model, shape, originalLength, precision, data, stages, report);
            problems.addAll(new PlanChecks(plan).problems(surroundings));
            if (problems.isEmpty()) {
                return plan;
            }
        } else {
            problems.addAll(PlanChecks.namesProblems(surroundings, model, data));
        }
        throw new BadInput(problems.stream().distinct().toList());
    }

    /** The model's, as far as it can be seen; what is wrong with it is said elsewhere. */
    private Optional<RopeGeometry> geometry(String model, ModelShape shape, int originalLength) {
        try {
            var seen = model == null ? Optional.<RopeGeometry>empty() : surroundings.geometry(model);
            return seen.or(() -> Optional.ofNullable(shape).map(ModelShape::geometry))
                    .map(found -> originalLength == 0 ? found : new RopeGeometry(found.rotaryDim(), found.theta(), originalLength));
        } catch (BadInput e) {
            return Optional.empty();
        }
    }

    private ModelShape shape(PlanSection section, List<Problem> problems) {
        int heads = section.count("heads", null, 1);
        int hidden = section.count("hidden", null, 1);
        try {
            return new ModelShape(section.count("layers", null, 1), hidden, heads, section.count("key-value-heads", heads, 1),
                    section.count("head-dim", Math.max(2, hidden / heads), 2), section.count("feed-forward", null, 1),
                    section.count("vocabulary", null, 1), section.number("theta", 10_000.0, 1, false, Double.MAX_VALUE),
                    section.length("window", null));
        } catch (BadInput e) {
            problems.addAll(e.problems());
            return null;
        } finally {
            section.refuseUnknown();
        }
    }

    private DataPlan data(PlanSection section) {
        var training = section.text("training", "");
        var evaluation = section.text("evaluation");
        var counts = section.section("samples");
        var samples = new EnumMap<SampleShare, Integer>(SampleShare.class);
        samples.put(SampleShare.SEARCH, counts.count("search", 5, 1));
        samples.put(SampleShare.SELECTION, counts.count("selection", 10, 1));
        samples.put(SampleShare.REPORT, counts.count("report", 10, 1));
        counts.refuseUnknown();
        var floors = section.section("tokens");
        var tokens = new EnumMap<SampleShare, Integer>(SampleShare.class);
        for (var share : SampleShare.values()) {
            var key = PlanWriter.key(share);
            tokens.put(share, floors.has(key) && !floors.isZero(key) ? floors.length(key, null) : 0);
        }
        floors.refuseUnknown();
        section.refuseUnknown();
        return new DataPlan(training.isEmpty() ? null : training, evaluation == null ? "missing" : evaluation, samples, tokens);
    }

    private static Optional<String> method(JsonNode value) {
        try {
            return Optional.of(value.asText()).filter(name -> RopeScalings.named(name) != null);
        } catch (BadInput e) {
            return Optional.empty();
        }
    }

    private ReportPlan report(PlanSection section, List<StagePlan> stages) {
        var searched = stages.stream().flatMap(stage -> {
            if (stage instanceof SearchStagePlan search) {
                return Stream.of(search.length());
            }
            return stage instanceof RecoveryStagePlan recovery ? recovery.lengths().stream() : Stream.empty();
        }).toList();
        var lengths = section.lengths("lengths", searched.isEmpty() ? List.of(2) : searched);
        var rule = "must be a list of known methods: " + String.join(", ", RopeScalings.names());
        var methods = section.list("methods", METHODS, rule, PlanReader::method);
        var fineTuned = section.list("fine-tuned", List.of(), rule, PlanReader::method);
        var passkey = section.has("passkey") ? Optional.of(passkey(section.section("passkey"), lengths)) : Optional.<PasskeyPlan>empty();
        section.refuseUnknown();
        return new ReportPlan(lengths.isEmpty() ? List.of(2) : lengths, methods, fineTuned, passkey);
    }

    private static PasskeyPlan passkey(PlanSection section, List<Integer> reported) {
        var lengths = section.lengths("lengths", reported);
        var depths = section.list("depths", DEPTHS, "must be a list of numbers from 0 to 1", PlanReader::depth);
        int trials = section.count("trials", 10, 1);
        section.refuseUnknown();
        return new PasskeyPlan(lengths.isEmpty() ? List.of(2) : lengths, depths.isEmpty() ? DEPTHS : depths, trials);
    }

    private static Optional<Double> depth(JsonNode value) {
        return Optional.of(value.doubleValue()).filter(depth -> value.isNumber() && depth >= 0 && depth <= 1);
    }
}
