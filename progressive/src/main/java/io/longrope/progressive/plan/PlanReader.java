package io.longrope.progressive.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.longrope.search.json.JsonFault;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Obstacle;
import io.longrope.search.problem.Problem;
import io.longrope.search.rope.RopeGeometry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Reads plans. Whatever is wrong, with the plan itself or with what it names, is reported at once and in one go. */
public final class PlanReader {

    /** A value stays what was written: no and off are words, as in YAML 1.2. */
    static final YAMLMapper YAML = YAMLMapper.builder(YAMLFactory.builder().enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** Keys of a plan that are no settings of the job itself. */
    private static final List<String> BESIDES = List.of("schema", "search");

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
            var fault = JsonFault.of(e);
            var where = fault.line() > 0 ? " line " + fault.line() : "";
            throw new BadInput(new Problem(file + where, "must be YAML", fault.found(), fault.wayOut()), e);
        } catch (IOException e) {
            throw new BadInput(new Problem(file.toString(), "must be a readable plan file", Obstacle.of(e), ""), e);
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
        var plan = Optional.<JobPlan>empty();
        if (tree instanceof ObjectNode given) {
            plan = bind(given.deepCopy(), directory, problems);
            problems.addAll(plan.isPresent() && problems.isEmpty() ? checked(given, plan.get()) : named(given));
        } else {
            problems.add(new Problem("plan", "must be a mapping of keys to values", tree.toString(), ""));
        }
        if (!problems.isEmpty()) {
            throw new BadInput(problems.stream().distinct().toList());
        }
        return plan.orElseThrow();
    }

    /** The plan itself, whatever it names. */
    private Optional<JobPlan> bind(ObjectNode plan, Optional<Path> directory, List<Problem> problems) {
        var schema = plan.path("schema");
        if (!schema.isIntegralNumber() || schema.intValue() != JobPlan.SCHEMA) {
            problems.add(new Problem("schema", "must be " + JobPlan.SCHEMA, schema.isMissingNode() ? "missing" : schema.toString(), ""));
        }
        plan.remove("schema");
        PlanDefaults.shape(plan.path("shape"));
        var starts = new StartTables(directory, () -> geometry(plan), problems);
        eachSearch(plan, starts::resolve);
        var sections = new SectionReader(problems);
        var search = search(plan, sections, problems);
        plan.remove("search");
        new PlanDefaults(plan, search).complete();
        return sections.read(JobPlan.class, plan, "", BESIDES);
    }

    /** The section that holds for every search, without what is wrong in it: that is told here and not again for each stage. */
    private static ObjectNode search(ObjectNode plan, SectionReader sections, List<Problem> problems) {
        if (!(plan.path("search") instanceof ObjectNode section)) {
            sections.read(SearchPlan.class, plan.path("search").isMissingNode() ? completed(plan, plan.objectNode()) : plan.path("search"),
                    "search", List.of());
            return plan.objectNode();
        }
        int before = problems.size();
        sections.read(SearchPlan.class, completed(plan, section.deepCopy()), "search", List.of());
        problems.subList(before, problems.size()).forEach(problem -> section.remove(problem.name().replaceFirst("^search\\.([a-z-]+).*",
                "$1")));
        return section;
    }

    private static ObjectNode completed(ObjectNode plan, ObjectNode section) {
        new PlanDefaults(plan, section).completeSearch(section, null);
        return section;
    }

    private static void eachSearch(ObjectNode plan, BiConsumer<ObjectNode, String> task) {
        if (plan.path("search") instanceof ObjectNode search) {
            task.accept(search, "search");
        }
        for (int i = 0; i < plan.path("stages").size(); i++) {
            var stage = plan.path("stages").path(i);
            for (var kind : List.of("search", "recovery")) {
                if (stage.path(kind) instanceof ObjectNode section) {
                    task.accept(section, "stages[" + i + "]." + kind);
                }
            }
        }
    }

    /** The model's, as far as it can be seen; what is wrong with it is said elsewhere. */
    private Optional<RopeGeometry> geometry(ObjectNode plan) {
        try {
            var shape = new SectionReader(new ArrayList<>()).read(ModelShape.class, plan.path("shape"), "shape", List.of());
            var seen = plan.path("model").isTextual() ? surroundings.geometry(plan.path("model").textValue())
                    : Optional.<RopeGeometry>empty();
            var original = Forms.length(plan.path("original-length"));
            return seen.or(() -> shape.map(ModelShape::geometry))
                    .map(found -> new RopeGeometry(found.rotaryDim(), found.theta(), original.orElse(found.originalLength())));
        } catch (BadInput e) {
            return Optional.empty();
        }
    }

    private List<Problem> checked(ObjectNode given, JobPlan plan) {
        var problems = named(given);
        problems.addAll(surroundings.check(plan));
        return problems;
    }

    /** Missing or broken checkpoint and texts, told of a plan that could not be read in full too. */
    private List<Problem> named(ObjectNode plan) {
        var problems = new ArrayList<Problem>();
        if (plan.path("model").isTextual()) {
            noting(problems, () -> surroundings.geometry(plan.path("model").textValue()));
        }
        for (var text : List.of("training", "evaluation")) {
            if (plan.path("data").path(text).isTextual()) {
                noting(problems, () -> surroundings.checkText(plan.path("data").path(text).textValue()));
            }
        }
        return problems;
    }

    private static void noting(List<Problem> problems, Runnable check) {
        try {
            check.run();
        } catch (BadInput e) {
            problems.addAll(e.problems());
        }
    }
}
