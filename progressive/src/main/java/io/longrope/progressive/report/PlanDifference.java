package io.longrope.progressive.report;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.progressive.plan.DerivedKeys;
import io.longrope.progressive.plan.JobPlan;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The keys that plans differ in. A key whose value follows in every plan from other keys is left out: those differ as well, and say it.
 */
final class PlanDifference {

    private final List<Keys> plans;

    PlanDifference(List<JobPlan> plans) {
        this.plans = plans.stream().map(Keys::of).toList();
    }

    /**
     * The keys of one plan.
     *
     * @param values by dotted path, in the order of the plan
     * @param places where in the plan's tree each is
     */
    private record Keys(Map<String, String> values, Map<String, JsonPointer> places, DerivedKeys derived) {

        static Keys of(JobPlan plan) {
            var keys = new Keys(new LinkedHashMap<>(), new LinkedHashMap<>(), new DerivedKeys(plan));
            keys.add("", JsonPointer.empty(), plan.toTree());
            return keys;
        }

        boolean isDerived(String key) {
            return !places.containsKey(key) || derived.contains(places.get(key));
        }

        private void add(String path, JsonPointer place, JsonNode node) {
            if (node.isObject()) {
                node.properties().forEach(field -> add(path.isEmpty() ? field.getKey() : path + "." + field.getKey(),
                        place.appendProperty(field.getKey()), field.getValue()));
            } else if (node.isArray() && !node.isEmpty() && node.get(0).isContainerNode()) {
                for (int i = 0; i < node.size(); i++) {
                    add(path + "[" + i + "]", place.appendIndex(i), node.get(i));
                }
            } else {
                values.put(path, node.isArray() ? node.toString() : node.asText());
                places.put(path, place);
            }
        }
    }

    /** Dotted paths, in the order of the plans. */
    List<String> keys() {
        Set<String> all = new LinkedHashSet<>();
        plans.forEach(plan -> all.addAll(plan.values.keySet()));
        return all.stream().filter(key -> plans.stream().map(plan -> plan.values.get(key)).distinct().count() > 1)
                .filter(key -> !plans.stream().allMatch(plan -> plan.isDerived(key))).toList();
    }

    /** What each plan has there, in the order of the plans; empty where it has no such key. */
    List<Optional<String>> values(String key) {
        return plans.stream().map(plan -> Optional.ofNullable(plan.values.get(key))).toList();
    }
}
