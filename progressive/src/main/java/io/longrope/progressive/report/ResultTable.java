package io.longrope.progressive.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longrope.search.json.Json;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rows of figures, in the forms people and programs read. */
public interface ResultTable {

    /** Keeps what there is no value for. */
    ObjectMapper CELLS = Json.mapper().copy().setDefaultPropertyInclusion(JsonInclude.Include.ALWAYS);

    /** For people. */
    TextTable table();

    /** What holds for all rows, for JSON: the schema's number first. */
    default Map<String, Object> setting() {
        return Map.of("schema", 1);
    }

    /** Each row's cells by name, for programs: every digit, null where there is no value. */
    List<Map<String, Object>> cells();

    /** For programs: nothing where there is no value. */
    default TextTable exactTable() {
        return TextTable.ofCells(cells());
    }

    /** As maps, for JSON. */
    default Map<String, Object> tree() {
        var tree = new LinkedHashMap<>(setting());
        tree.put("rows", cells());
        return tree;
    }

    /** A record's components by name. */
    static Map<String, Object> cells(Record row) {
        return CELLS.convertValue(row, new TypeReference<>() { });
    }
}
