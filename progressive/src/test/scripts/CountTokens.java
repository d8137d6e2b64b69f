import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Counts the tokens of main code that are not comments, by module and package: how large the project is, whatever its layout.
 * {@code java progressive/src/test/scripts/CountTokens.java [ROOT [APART...]]}; names in a package statement or an import count as one
 * token. Each APART begins the full names of packages or classes that are counted apart, so that what a change added can be told from what
 * it made of the rest.
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
        var apart = List.of(arguments).subList(Math.min(1, arguments.length), arguments.length);
        var counts = new TreeMap<String, int[]>();
        var countsApart = new TreeMap<String, int[]>();
        for (var module : new String[] {"search", "evaluator", "progressive"}) {
            var main = root.resolve(module).resolve("src/main/java");
            try (var files = Files.walk(main)) {
                for (var file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    var name = main.relativize(file).toString().replace(".java", "").replace('/', '.');
                    add(apart.stream().anyMatch(name::startsWith) ? countsApart : counts, name.substring(0, name.lastIndexOf('.')),
                            tokens(Files.readString(file)));
                }
            }
        }
        print(counts, "in all");
        if (!apart.isEmpty()) {
            print(countsApart, "apart");
        }
    }

    private static void print(Map<String, int[]> counts, String sum) {
        counts.forEach((name, count) -> System.out.printf("%9d tokens %5d files  %s%n", count[0], count[1], name));
        System.out.printf("%9d tokens %5d files  %s%n", counts.values().stream().mapToInt(count -> count[0]).sum(),
                counts.values().stream().mapToInt(count -> count[1]).sum(), sum);
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
