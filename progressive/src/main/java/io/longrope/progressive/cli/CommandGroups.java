package io.longrope.progressive.cli;

import picocli.CommandLine.Help;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The commands by purpose, for the help of {@code longrope}. */
final class CommandGroups {

    private static final Map<String, List<String>> GROUPS = groups();
    private static final int NAME_WIDTH = 12;

    private CommandGroups() {
    }

    static String render(Help help) {
        var text = new StringBuilder();
        GROUPS.forEach((purpose, names) -> {
            var lines = names.stream().filter(help.subcommands()::containsKey).map(name -> line(help.subcommands().get(name), name))
                    .toList();
            if (!lines.isEmpty()) {
                text.append(System.lineSeparator()).append(help.colorScheme().text("@|bold " + purpose + "|@"))
                        .append(System.lineSeparator());
                lines.forEach(line -> text.append(line).append(System.lineSeparator()));
            }
        });
        return text.toString();
    }

    /** Every command must be in a group, or nobody finds it. */
    static List<String> names() {
        return GROUPS.values().stream().flatMap(List::stream).toList();
    }

    private static String line(Help command, String name) {
        return "  " + name + " ".repeat(Math.max(1, NAME_WIDTH - name.length()))
                + command.colorScheme().text(String.join(" ", command.commandSpec().usageMessage().description()[0]));
    }

    private static Map<String, List<String>> groups() {
        var groups = new LinkedHashMap<String, List<String>>();
        groups.put("Try it", List.of("demo"));
        groups.put("Run jobs", List.of("plan", "run", "submit", "jobs", "watch", "cancel", "pause", "resume", "delete",
                "report", "export"));
        groups.put("Serve", List.of("broker", "driver", "worker"));
        groups.put("Look", List.of("evaluate", "compare", "score", "bench", "verify", "doctor"));
        groups.put("Make", List.of("pretrain", "finetune", "tables"));
        return groups;
    }
}
