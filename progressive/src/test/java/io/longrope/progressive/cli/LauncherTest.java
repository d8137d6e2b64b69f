package io.longrope.progressive.cli;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** The launcher, mostly where there are no sources, as in a container, with a java that tells what it was asked for. */
class LauncherTest {

    private static final Path HOME = Path.of(System.getProperty("longrope.home"));
    private static final String JAVA = """
            #!/usr/bin/env bash
            if [[ $1 == -XshowSettings* ]]; then
              echo '    java.specification.version = 17' >&2
              echo "    java.home = $(dirname "$(dirname "$0")")" >&2
            else
              printf '%s\\n' "$@"
              env | grep -E '^(LC_ALL|OMP_WAIT_POLICY)='
            fi
            """;

    @TempDir
    private Path directory;
    private Path launcher;

    @BeforeEach
    void install() throws IOException {
        launcher = Files.copy(HOME.resolve("longrope"), directory.resolve("longrope"));
        var java = Files.createDirectories(directory.resolve("jdk/bin")).resolve("java");
        Files.writeString(java, JAVA);
        assertThat(java.toFile().setExecutable(true)).isTrue();
    }

    @Test
    void aDriverHasItsSmallHeapWhereverItIsStarted() throws Exception {
        assertThat(asked("driver", "--bootstrap", "kafka:9092")).contains("-Xmx512m", "-XX:+UseSerialGC")
                .containsSubsequence("io.longrope.progressive.cli.Main", "driver", "--bootstrap", "kafka:9092");
        assertThat(asked("worker")).contains("-Xmx1g").doesNotContain("-Xmx512m");
    }

    @Test
    void theProgramKnowsWhatItWasCalledBy() throws Exception {
        assertThat(asked("jobs")).contains("-Dlongrope.command=" + launcher, "-Dlongrope.home=" + directory.toRealPath());
    }

    @Test
    void withoutALocaleNamesNeedNotBeAscii() throws Exception {
        assertThat(asked("jobs")).contains("LC_ALL=C.UTF-8", "OMP_WAIT_POLICY=passive");
    }

    @Test
    void imageAndServicesLeaveTheChoiceToTheLauncher() throws IOException {
        try (var files = Files.list(HOME.resolve("configs/cluster"))) {
            for (var file : files.toList()) {
                var settings = Files.readAllLines(file).stream().filter(line -> !line.startsWith("#")).toList();
                assertThat(settings).as(file.toString()).noneMatch(line -> line.contains("-Xmx") || line.contains("cli.Main"));
            }
        }
        assertThat(HOME.resolve("configs/cluster/Containerfile")).content().contains("ENTRYPOINT [\"/opt/longrope/longrope\"]");
    }

    @Test
    void aBuildThatGetsNothingFromMavenCentralNamesIt() throws Exception {
        Files.createFile(directory.resolve("pom.xml"));
        executable("jdk/bin/javac", "exit 0");
        executable("jdk/bin/mvn", """
                echo '[INFO] Downloading from central: https://repo.maven.apache.org/maven2/a.pom'
                echo '[ERROR] Non-resolvable import POM: Could not transfer artifact a:b:pom:1 from/to central'
                echo '[ERROR] '
                echo '[ERROR] [Help 1] http://cwiki.apache.org/'
                exit 1
                """);
        var said = said(1, "jobs");
        var log = directory.toRealPath().resolve(".longrope/build.log");
        assertThat(said).hasSize(4).first().asString().startsWith("longrope: building").contains("Maven Central", "tail -f " + log);
        assertThat(said.get(1)).startsWith("[ERROR] Non-resolvable import POM");
        assertThat(said.get(2)).contains("needs Maven Central", "a proxy or a mirror in ~/.m2/settings.xml");
        assertThat(said.get(3)).isEqualTo("longrope: the build failed; all of it is in " + log);
        assertThat(log).content().contains("Downloading from central");
    }

    @Test
    void aBuildWithoutACompilerIsNotBegun() throws Exception {
        Files.createFile(directory.resolve("pom.xml"));
        executable("jdk/bin/mvn", "exit 0");
        assertThat(said(2, "jobs")).singleElement().asString()
                .startsWith("java must be a JDK, with a compiler, but " + directory.resolve("jdk") + " has none; install one");
    }

    private void executable(String name, String script) throws IOException {
        assertThat(Files.writeString(directory.resolve(name), "#!/usr/bin/env bash\n" + script).toFile().setExecutable(true)).isTrue();
    }

    private List<String> asked(String... arguments) throws Exception {
        return said(0, arguments);
    }

    private List<String> said(int exitCode, String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.startsWith("LONGROPE_"));
        builder.environment().putAll(Map.of("JAVA_HOME", directory.resolve("jdk").toString(), "LANG", "C",
                "PATH", directory.resolve("jdk/bin") + ":" + System.getenv("PATH")));
        var process = builder.start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isEqualTo(exitCode);
        return said.lines().toList();
    }
}
