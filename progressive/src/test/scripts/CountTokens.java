import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Counts the tokens of main code that are not comments, by module and package: how large the project is, whatever its layout.
 * {@code java progressive/src/test/scripts/CountTokens.java [ROOT]}; names in a package statement or an import count as one token.
 */
final class CountTokens {

    /**
     * Comments first, so that what looks like code in them is passed over; text and characters next, so that what looks like comments in
     * them is not.
     */
    private static final Pattern TOKEN =
            Pattern.compile("(?s)(/\\*.*?\\*/|//[^\\n]*)|(\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\])*\"|'(?:\\\\.|[^'\\\\])+'"
            + "|(?<=\\bimport |\\bpackage |\\bimport static "
            + ")[\\w.*]+|[\\p{L}_$][\\w$]*|\\d[\\w.]*|->|::|[-+*/%&|^!=<>]=|&&|\\|\\||\\+\\+|--|[^\\s\\w])");

    private CountTokens() {
    }

    public static void main(String[] arguments) throws IOException {
        var root = Path.of(arguments.length > 0 ? arguments[0] : ".");
        var counts = new TreeMap<String, int[]>();
        for (var module : new String[] {"search", "evaluator", "progressive"}) {
            var main = root.resolve(module).resolve("src/main/java");
            try (var files = Files.walk(main)) {
                for (var file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    add(counts, main.relativize(file.getParent()).toString().replace('/', '.'), tokens(Files.readString(file)));
                }
            }
        }
        counts.forEach((name, count) -> System.out.printf("%9d tokens %5d files  %s%n", count[0], count[1], name));
        System.out.printf("%9d tokens %5d files  in all%n", counts.values().stream().mapToInt(count -> count[0]).sum(),
                counts.values().stream().mapToInt(count -> count[1]).sum());
    }

    private static void add(Map<String, int[]> counts, String name, int tokens) {
        var count = counts.computeIfAbsent(name, key -> new int[2]);
        count[0] += tokens;
        count[1]++;
    }

    private static int tokens(String source) {
        var match = TOKEN.matcher(source);
        int count = 0;
        while (match.find()) {
            count += match.group(2) == null ? 0 : 1;
        }
        return count;
    }
}
