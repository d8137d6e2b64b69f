package io.longrope.progressive.plan;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longrope.search.problem.KeyRule;

import java.util.List;
import java.util.Optional;

/** Writes a record under its keys, every default written out. */
final class SectionWriter {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private SectionWriter() {
    }

    static ObjectNode plan(JobPlan plan) {
        var tree = NODES.objectNode().put("schema", JobPlan.SCHEMA);
        write(tree, plan);
        return tree;
    }

    private static void write(ObjectNode node, Object section) {
        for (var rule : KeyRule.of(section.getClass())) {
            var value = value(rule, section);
            if (rule.key().flat()) {
                write(node, value);
            } else if (value instanceof Optional<?> optional) {
                optional.ifPresent(present -> put(node, rule, present));
            } else {
                put(node, rule, value);
            }
        }
    }

    private static void put(ObjectNode node, KeyRule rule, Object value) {
        var type = SectionReader.valueType(rule);
        if (SectionReader.isSection(type)) {
            write(node.putObject(rule.name()), value);
        } else if (SectionReader.kinds(type).isPresent()) {
            var list = node.putArray(rule.name());
            ((List<?>) value).forEach(item -> write(list.addObject().putObject(StagePlan.kind(item.getClass())), item));
        } else {
            node.set(rule.name(), Forms.of(type, rule.key()).write().apply(value));
        }
    }

    private static Object value(KeyRule rule, Object section) {
        try {
            var accessor = rule.component().getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(section);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a record has an accessor for each component", e);
        }
    }

    /** The name a constant has in plans. */
    static String key(Enum<?> constant) {
        try {
            return constant.getDeclaringClass().getField(constant.name()).getAnnotation(JsonProperty.class).value();
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException("a constant is a field of its class", e);
        }
    }
}
