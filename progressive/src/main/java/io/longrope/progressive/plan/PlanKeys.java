package io.longrope.progressive.plan;

import io.longrope.progressive.report.TextTable;
import io.longrope.search.problem.KeyRule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Every key a plan may have, section by section, as the records of this package define them. */
public final class PlanKeys {

    private static final List<String> HEADERS = List.of("key", "value", "default", "what it is");
    private static final String EVERY_SEARCH = "Of every search: under `search` for all stages,"
            + " or in a `search` or `recovery` stage for that one";

    private final Map<String, List<List<String>>> sections = new LinkedHashMap<>();

    private PlanKeys() {
    }

    /** The tables by what they are of, in the order of a plan. */
    public static Map<String, TextTable> tables() {
        var keys = new PlanKeys();
        keys.sections.put("Of the plan", new ArrayList<>());
        keys.sections.get("Of the plan").add(List.of("schema", String.valueOf(JobPlan.SCHEMA), "required", "The plan format."));
        keys.section("Of the plan", JobPlan.class);
        keys.section(EVERY_SEARCH, SearchPlan.class);
        var tables = new LinkedHashMap<String, TextTable>();
        keys.sections.forEach((title, rows) -> tables.put(title, new TextTable(HEADERS, rows, HEADERS.size())));
        return tables;
    }

    /** For a terminal. */
    public static String aligned() {
        var text = new ArrayList<String>();
        tables().forEach((title, table) -> text.addAll(List.of(title.replace("`", "") + ":", "", table.aligned(), "")));
        return String.join("\n", text).stripTrailing();
    }

    public static String markdown() {
        var text = new ArrayList<>(List.of("# Keys of a plan", "", "Written by `longrope plan --keys --format markdown`.", ""));
        tables().forEach((title, table) -> text.addAll(List.of("## " + title, "", table.markdown(), "")));
        return String.join("\n", text).stripTrailing() + "\n";
    }

    private void section(String title, Class<?> type) {
        sections.computeIfAbsent(title, one -> new ArrayList<>());
        for (var rule : KeyRule.of(type)) {
            var part = SectionReader.valueType(rule);
            if (rule.key().flat()) {
                // what every search has is told once
                if (part != SearchPlan.class) {
                    section(title, rule.component().getType());
                }
                continue;
            }
            var kinds = SectionReader.kinds(part);
            var key = KeyDescription.of(rule, List.of(), false);
            sections.get(title).add(List.of(rule.name(), key.value(), byDefault(key, rule), key.sentence()));
            if (kinds.isPresent()) {
                kinds.get().forEach((name, kind) -> section("Of a `" + name + "` stage", kind));
            } else if (SectionReader.isSection(part)) {
                section("Under `" + path(title, rule.name()) + "`", (Class<?>) part);
            }
        }
    }

    private static String path(String title, String name) {
        if (title.equals(EVERY_SEARCH)) {
            return "search." + name;
        }
        var first = title.indexOf('`');
        return first < 0 ? name : title.substring(first + 1, title.lastIndexOf('`')) + "." + name;
    }

    private static String byDefault(KeyDescription key, KeyRule rule) {
        return key.byDefault().orElse(rule.component().getType() == Optional.class ? "none" : key.required() ? "required" : "");
    }
}
