package io.longrope.progressive.report;

import com.sun.management.OperatingSystemMXBean;
import io.longrope.evaluator.session.Bytes;
import io.longrope.search.json.Json;
import io.longrope.search.problem.Plural;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a driver runs on; workers elsewhere may differ.
 *
 * @param libraries versions by name, of those that decide results
 */
public record Environment(String java, String system, String processor, int cores, long memoryBytes, Map<String, String> libraries) {

    /** Below the run directory. */
    public static final String FILE = "environment.json";

    private static final List<String> LIBRARIES = List.of("jenetics", "pytorch-native", "pytorch-jni", "pytorch-engine", "kafka-clients");
    private static final Pattern VERSION = Pattern.compile("-(\\d[\\w.]*)");

    public Environment {
        libraries = new TreeMap<>(libraries);
    }

    public static Environment here() {
        var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return new Environment(property("java.vm.name") + " " + property("java.runtime.version"),
                property("os.name") + " " + property("os.version") + " " + property("os.arch"), processorOfThisMachine(),
                Runtime.getRuntime().availableProcessors(),
                system.getTotalMemorySize(), librariesHere());
    }

    /** For people. */
    TextTable table() {
        var rows = new LinkedHashMap<String, String>();
        rows.put("Java", java);
        rows.put("system", system);
        rows.put("processor", processor + ", " + Plural.of(cores, "core"));
        rows.put("memory", Bytes.format(memoryBytes));
        rows.putAll(libraries);
        return new TextTable(List.of("", ""), rows.entrySet().stream().map(row -> List.of(row.getKey(), row.getValue())).toList(), 2);
    }

    public void write(Path runDirectory) throws IOException {
        Files.writeString(runDirectory.resolve(FILE), Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n");
    }

    public static Environment read(Path runDirectory) throws IOException {
        return Json.mapper().readValue(runDirectory.resolve(FILE).toFile(), Environment.class);
    }

    private static String property(String name) {
        return System.getProperty(name, "unknown");
    }

    /** What it is called. */
    public static String processorOfThisMachine() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name")).map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst().orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }

    /** From the names of the files on the class path: not every library says its version itself. */
    private static Map<String, String> librariesHere() {
        var libraries = new TreeMap<String, String>();
        Arrays.stream(property("java.class.path").split(Pattern.quote(File.pathSeparator))).map(entry -> Path.of(entry).getFileName())
                .filter(Objects::nonNull).map(Path::toString)
                .forEach(file -> LIBRARIES.stream().filter(file::startsWith).forEach(library -> {
                    var version = VERSION.matcher(file);
                    if (version.find()) {
                        libraries.putIfAbsent(library, version.group(1).replaceFirst("\\.jar$", ""));
                    }
                }));
        return libraries;
    }
}
