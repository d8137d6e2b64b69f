package io.longrope.progressive.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longrope.search.json.JsonFault;
import io.longrope.search.problem.BadInput;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Settings given on the command line, such as {@code search.population=32} or {@code stages[1].fine-tune.steps=10}.
 * Values are YAML; whether key and value make sense is found when the plan is read.
 */
final class PlanOverrides {

    private static final Pattern STEP = Pattern.compile("([^.\\[\\]]+)((?:\\[[0-9]{1,4}])*)");
    private static final Pattern INDEX = Pattern.compile("\\[([0-9]+)]");

    private PlanOverrides() {
    }

    static void apply(JsonNode tree, List<String> overrides) {
        for (var override : overrides) {
            int equals = override.indexOf('=');
            if (equals < 1) {
                throw new BadInput("--set " + override, "must be KEY=VALUE with a dotted key of the plan", "without =",
                        "for example --set search.population=32");
            }
            apply(tree, override.substring(0, equals).strip(), value(override, override.substring(equals + 1)));
        }
    }

    private static JsonNode value(String override, String text) {
        try {
            return PlanReader.YAML.readTree(text);
        } catch (JsonProcessingException e) {
            var fault = JsonFault.of(e);
            throw new BadInput("--set " + override, "must have a YAML value", fault.found(), fault.wayOut());
        }
    }

    private static void apply(JsonNode tree, String key, JsonNode value) {
        var steps = key.split("\\.", -1);
        var node = tree;
        for (int i = 0; i < steps.length; i++) {
            var step = STEP.matcher(steps[i]);
            if (!step.matches() || !(node instanceof ObjectNode mapping)) {
                throw new BadInput("--set " + key, "must be a dotted key of the plan", steps[i], "for example stages[1].fine-tune.steps");
            }
            boolean last = i == steps.length - 1;
            if (step.group(2).isEmpty()) {
                var name = step.group(1);
                if (last) {
                    mapping.set(name, value);
                    return;
                }
                node = mapping.hasNonNull(name) ? mapping.get(name) : mapping.putObject(name);
            } else {
                node = item(key, mapping.path(step.group(1)), step.group(2), last ? value : null);
            }
        }
    }

    /** The list item that the indexes lead to; replaced by the value where one is given. */
    private static JsonNode item(String key, JsonNode list, String indexes, JsonNode value) {
        var index = INDEX.matcher(indexes);
        var node = list;
        while (index.find()) {
            int position = Integer.parseInt(index.group(1));
            if (!(node instanceof ArrayNode items) || position >= items.size()) {
                throw new BadInput("--set " + key, "must name an item the plan has", "[" + position + "] of " + node.size(),
                        "items count from 0");
            }
            if (value != null && index.end() == indexes.length()) {
                items.set(position, value);
            }
            node = items.get(position);
        }
        return node;
    }
}
