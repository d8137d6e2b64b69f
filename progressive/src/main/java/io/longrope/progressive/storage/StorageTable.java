package io.longrope.progressive.storage;

import io.longrope.evaluator.session.Bytes;
import io.longrope.progressive.report.TextTable;
import io.longrope.search.kafka.KafkaStorage;
import io.longrope.search.problem.Plural;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/** What is stored where, what it takes and how long it is kept. */
public record StorageTable(List<Row> rows) {

    private static final List<String> HEADERS = List.of("what", "of", "takes", "kept", "where");
    private static final String REMOVED_BY_YOU = "until you remove it";

    /**
     * @param jobs  whose it is; empty where it is everybody's, or nobody's that is known here
     * @param bytes empty where nobody tells
     * @param kept  for people: how long, or what ends it where drivers and workers are told that alone
     */
    public record Row(String what, List<String> jobs, OptionalLong bytes, String kept, String where) {
    }

    /**
     * @param parts  of Kafka
     * @param tokens where token files are
     */
    public static StorageTable of(List<KafkaStorage.Part> parts, RunFiles files, Path tokens) throws IOException {
        var rows = new ArrayList<Row>();
        parts.forEach(part -> rows.add(new Row(part.what(), List.of(), part.bytes(), kept(part.kept()), "topic " + part.topic())));
        var checkpoints = files.checkpoints();
        for (var run : files.runs()) {
            long within = checkpoints.stream().filter(one -> one.directory().startsWith(run.directory()))
                    .mapToLong(RunFiles.Checkpoints::bytes).sum();
            rows.add(new Row("tables and reports", List.of(run.job()), OptionalLong.of(RunFiles.bytes(run.directory()) - within),
                    REMOVED_BY_YOU, run.directory().toString()));
        }
        checkpoints.forEach(one -> rows.add(new Row("checkpoints", List.copyOf(one.users()), OptionalLong.of(one.bytes()),
                one.users().isEmpty() ? REMOVED_BY_YOU : "until delete, or driver --keep-checkpoints", one.directory().toString())));
        rows.add(new Row("token files", List.of(), OptionalLong.of(RunFiles.bytes(tokens)),
                REMOVED_BY_YOU + ", or worker --keep-tokens", tokens.toString()));
        return new StorageTable(List.copyOf(rows));
    }

    public TextTable table() {
        return new TextTable(HEADERS, rows.stream().map(row -> List.of(row.what(), String.join(", ", row.jobs()),
                row.bytes().isPresent() ? Bytes.format(row.bytes().getAsLong()) : "?", row.kept(), row.where())).toList(), HEADERS.size());
    }

    /** For programs: bytes. */
    public TextTable exactTable() {
        return new TextTable(List.of("what", "of", "bytes", "kept", "where"), tree().stream()
                .map(tree -> tree.values().stream().map(value -> Objects.toString(value, "")).toList()).toList(), 2);
    }

    public List<Map<String, Object>> tree() {
        return rows.stream().map(row -> {
            var tree = new LinkedHashMap<String, Object>();
            tree.put("what", row.what());
            tree.put("jobs", row.jobs());
            tree.put("bytes", row.bytes().isPresent() ? row.bytes().getAsLong() : null);
            tree.put("kept", row.kept());
            tree.put("where", row.where());
            return (Map<String, Object>) tree;
        }).toList();
    }

    private static String kept(Optional<Duration> time) {
        return time.map(one -> one.toDays() >= 2 ? Plural.of(one.toDays(), "day") : Plural.of(one.toHours(), "hour")).orElse("for ever");
    }
}
