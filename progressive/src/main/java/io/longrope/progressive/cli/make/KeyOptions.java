package io.longrope.progressive.cli.make;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.longrope.progressive.plan.KeyDescription;
import io.longrope.progressive.plan.SectionReader;
import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Options made of the keys of a section of plans: names, values, defaults and sentences are those of the schema, and what they are
 * read into is the section's record.
 *
 * @param type     the record
 * @param leftOut  options that the command does not have
 * @param defaults where they are not those of plans, by option
 * @param given    what was given, by option
 */
record KeyOptions<R>(Class<R> type, Set<String> leftOut, Map<String, String> defaults, Map<String, String> given) {

    /** A command with such options. */
    interface Holder {

        KeyOptions<?> keyOptions();
    }

    /** Adds them to a command that holds some, beside those its fields are annotated with. */
    static final class Adder implements IModelTransformer {

        @Override
        public CommandSpec transform(CommandSpec command) {
            ((Holder) command.userObject()).keyOptions().addTo(command);
            return command;
        }
    }

    KeyOptions(Class<R> type, Set<String> leftOut, Map<String, String> defaults) {
        this(type, leftOut, defaults, new LinkedHashMap<>());
    }

    private void addTo(CommandSpec command) {
        for (var key : keys()) {
            var name = key.option();
            var ownDefault = defaults.get(name);
            var option = OptionSpec.builder(name).type(key.isFlag() ? boolean.class : String.class).arity(key.isFlag() ? "0" : "1")
                    .required(key.required() && ownDefault == null).setter(new Given(name));
            var byDefault = ownDefault == null ? key.byDefault().orElse("none") : ownDefault;
            option.description(key.sentence() + (key.isFlag() || option.required() ? "" : " (default: " + byDefault + ")"));
            command.addOption(key.isFlag() ? option.build() : option.paramLabel(label(key)).build());
        }
    }

    /**
     * @param complete sets what follows from other options, under the keys of the section
     * @throws BadInput with everything that is wrong, under the options' names
     */
    R read(Consumer<ObjectNode> complete) {
        var section = JsonNodeFactory.instance.objectNode();
        for (var key : keys()) {
            var text = given.getOrDefault(key.option(), defaults.get(key.option()));
            if (text != null) {
                put(section, key, text);
            }
        }
        complete.accept(section);
        var problems = new ArrayList<Problem>();
        var read = new SectionReader(problems).read(type, section, "", List.of());
        return read.orElseThrow(() -> new BadInput(problems.stream()
                .map(problem -> new Problem("--" + problem.name().replace('.', '-'), problem.rule(), problem.found(), problem.wayOut()))
                        .toList()));
    }

    private List<KeyDescription> keys() {
        return KeyDescription.of(type).stream().filter(key -> !leftOut.contains(key.option())).toList();
    }

    private static void put(ObjectNode section, KeyDescription key, String text) {
        var node = section;
        for (var name : key.path().subList(0, key.path().size() - 1)) {
            node = node.withObjectProperty(name);
        }
        var name = key.path().get(key.path().size() - 1);
        if (key.isList()) {
            var list = node.putArray(name);
            for (var item : text.split(",")) {
                list.add(value(item.strip()));
            }
        } else {
            node.set(name, value(key.type() instanceof Class<?> plain && plain.isEnum() ? text.toLowerCase(Locale.ROOT) : text));
        }
    }

    /** A number or truth value where it is one, otherwise text. */
    private static JsonNode value(String text) {
        try {
            var node = Json.mapper().readTree(text);
            return node.isNumber() || node.isBoolean() ? node : TextNode.valueOf(text);
        } catch (JsonProcessingException e) {
            return TextNode.valueOf(text);
        }
    }

    private static String label(KeyDescription key) {
        if (key.value().startsWith("a length")) {
            return "LENGTH";
        }
        return key.type() == int.class || key.type() == long.class ? "N" : key.type() == double.class ? "X" : "NAME";
    }

    /** Keeps what picocli reads. */
    private final class Given implements ISetter {

        private final String option;

        private Given(String option) {
            this.option = option;
        }

        @Override
        @SuppressWarnings("unchecked")
        public <T> T set(T value) {
            return (T) (value == null ? given.remove(option) : given.put(option, value.toString()));
        }
    }
}
