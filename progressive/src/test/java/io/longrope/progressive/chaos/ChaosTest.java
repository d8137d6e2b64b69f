package io.longrope.progressive.chaos;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Three jobs on one broker, two drivers and five workers, all processes of their own, which are killed and stopped at random until
 * the jobs are done: every result must be that of an undisturbed run, bit for bit, and so must the tables in Kafka. Opt-in:
 * {@code mvn -Pchaos verify}; for how long and from which seed is set by {@code -Dchaos.minutes=60 -Dchaos.seed=1}. Everything lies
 * below {@code progressive/target/chaos}.
 */
@Tag("chaos")
class ChaosTest {

    private static final String PLAN = """
            schema: 1
            name: chaos-%d
            seed: %d
            model: java-1m
            data: {training: text/training, evaluation: text/held-out/commons-io-sources.jar, samples: {search: 1, selection: 2, report: 2}}
            search: {algorithm: longrope, population: 12, generations: 6, mutations: 4, crossovers: 4, parents: 4, finalists: 2}
            stages:
              - search: {length: 512, on: base}
              - fine-tune: {length: 512, steps: 24, batch: 2, micro-batch: 1, learning-rate: 3.0e-4, checkpoint-every: 1}
              - search: {length: 1024, multipliers: true}
              - recovery: {lengths: [256]}
            report: {retrieval: {lengths: [512], depths: [0.2, 0.8], trials: 2}}
            """;
    private static final int JOBS = 3;
    private static final List<String> KILLED =
            List.of("broker", "driver-1", "driver-2", "worker-1", "worker-2", "worker-3", "worker-4", "worker-5");
    /** Of a job undisturbed: where processes start slowly faults come slowly, for otherwise none would come to work before it is killed. */
    private static final int PAUSES = 4;
    private static final Duration ROUND = Duration.ofMinutes(30);
    /** A machine busy with other work may take minutes to start a process or to answer it. */
    private static final String PATIENT = "default.api.timeout.ms=300000";

    private final Path directory = Path.of("target", "chaos").toAbsolutePath();
    private final Roles roles = new Roles(directory);
    private final Map<String, Process> running = new TreeMap<>();
    private final Map<String, Integer> kills = new TreeMap<>();
    private int hostileMessages;
    private Duration longestPause;
    private final Random random = new Random(Long.getLong("chaos.seed", 1));

    @Test
    void resultsAreThoseOfUndisturbedRuns() throws Exception {
        long end = System.nanoTime() + Duration.ofMinutes(Long.getLong("chaos.minutes", 10)).toNanos();
        prepare();
        long begin = System.nanoTime();
        for (int job = 1; job <= JOBS; job++) {
            roles.run("undisturbed-" + job, "run", plan(job).toString(), "--run-dir", undisturbed(job).toString(), "--workers", "2");
        }
        longestPause = Duration.ofNanos(System.nanoTime() - begin).dividedBy(PAUSES * JOBS);
        int rounds = 0;
        do {
            round(directory.resolve("round-" + ++rounds));
            Files.writeString(directory.resolve("rounds.txt"),
                    rounds + " rounds of " + JOBS + " jobs, killed or stopped: " + kills + ", hostile messages: "
                    + hostileMessages + "\n");
        } while (System.nanoTime() < end);
        assertThat(kills.values().stream().mapToInt(Integer::intValue).sum()).as("killed or stopped: " + kills).isGreaterThan(3 * rounds);
        System.out.print(Files.readString(directory.resolve("rounds.txt")));
    }

    private void round(Path place) throws Exception {
        Files.createDirectories(place.resolve("runs"));
        int port = freePort();
        var bootstrap = "127.0.0.1:" + port;
        try {
            startBroker(place, port);
            IntStream.rangeClosed(1, 2).forEach(i -> role("driver-" + i, place, bootstrap));
            IntStream.rangeClosed(1, 5).forEach(i -> role("worker-" + i, place, bootstrap));
            var ids = submit(bootstrap);
            var watches = watch(ids, bootstrap);
            long end = System.nanoTime() + ROUND.toNanos();
            while (watches.stream().anyMatch(Process::isAlive)) {
                assertThat(System.nanoTime()).as("the jobs are done in time, see " + directory).isLessThan(end);
                Thread.sleep(1000 + random.nextInt((int) longestPause.toMillis()));
                if (random.nextInt(4) == 0) {
                    hostileMessages += new Stranger(bootstrap, random).write();
                }
                disturb(place, bootstrap, port);
            }
            for (int job = 1; job <= JOBS; job++) {
                roles.await("watch-" + job, watches.get(job - 1));
                assertThat(results(place.resolve("runs").resolve(ids.get(job - 1)))).as("job " + job + " of " + place)
                        .isEqualTo(results(undisturbed(job)));
                assertThat(tableInKafka(ids.get(job - 1), place, bootstrap))
                        .isEqualTo(Files.readString(undisturbed(job).resolve("tables/factors.json")));
            }
        } finally {
            running.values().forEach(Process::destroyForcibly);
            running.clear();
        }
    }

    /** All at once: what starts one after the other on a busy machine finds the jobs done before anything is disturbed. */
    private List<String> submit(String bootstrap) throws IOException, InterruptedException {
        var submissions = new ArrayList<Process>();
        for (int job = 1; job <= JOBS; job++) {
            submissions.add(roles.start("submit-" + job, "submit", plan(job).toString(), "--wait", "0s",
                    "--bootstrap", bootstrap, "--kafka", PATIENT));
        }
        var ids = new ArrayList<String>();
        for (int job = 1; job <= JOBS; job++) {
            roles.await("submit-" + job, submissions.get(job - 1));
            var printed = Files.readAllLines(directory.resolve("submit-" + job + ".out"));
            ids.add(printed.get(printed.size() - 1));
        }
        return ids;
    }

    /** They survive what comes once they have found the broker; a command that finds none says so and ends. */
    private List<Process> watch(List<String> ids, String bootstrap) throws IOException, InterruptedException {
        var watches = new ArrayList<Process>();
        var before = new ArrayList<Long>();
        for (int job = 1; job <= JOBS; job++) {
            before.add(printed(job));
            watches.add(roles.start("watch-" + job, "watch", ids.get(job - 1), "--bootstrap", bootstrap, "--kafka", PATIENT));
        }
        for (int job = 1; job <= JOBS; job++) {
            while (watches.get(job - 1).isAlive() && printed(job) == before.get(job - 1)) {
                Thread.sleep(100);
            }
        }
        return watches;
    }

    private long printed(int job) throws IOException {
        var out = directory.resolve("watch-" + job + ".out");
        return Files.exists(out) ? Files.size(out) : 0;
    }

    private void disturb(Path place, String bootstrap, int port) throws Exception {
        var name = KILLED.get(random.nextInt(KILLED.size()));
        var process = running.get(name);
        running.forEach((role, one) -> assertThat(one.isAlive()).as(role + " lives until it is killed, see its log in " + directory)
                .isTrue());
        if (name.startsWith("worker") && random.nextBoolean()) {
            count(name.replaceAll("-.*", "") + " stopped");
            Roles.signal(process, "STOP");
            Thread.sleep(random.nextInt(5) == 0 ? 40_000 : random.nextInt(5000));
            Roles.signal(process, "CONT");
            return;
        }
        count(name.replaceAll("-.*", "") + " killed");
        process.destroyForcibly().waitFor();
        Thread.sleep(random.nextInt(4000));
        if (name.equals("broker")) {
            startBroker(place, port);
        } else {
            role(name, place, bootstrap);
        }
    }

    private void role(String name, Path place, String bootstrap) {
        var arguments = new ArrayList<>(List.of(name.replaceAll("-.*", ""), "--name", name, "--bootstrap", bootstrap, "--kafka", PATIENT));
        var evaluator = Path.of(System.getProperty("longrope.home"), "evaluator");
        arguments.addAll(List.of("--models", evaluator.resolve("models").toString(), "--runs", place.resolve("runs").toString()));
        if (name.startsWith("worker")) {
            arguments.addAll(List.of("--data", evaluator.resolve("target").toString()));
        }
        try {
            start(name, arguments.toArray(String[]::new));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns when it listens: a role that is started finds a broker or ends, and how long one takes to start is the machine's affair. */
    private void startBroker(Path place, int port) throws IOException, InterruptedException {
        start("broker", "broker", "--dir", place.resolve("broker").toString(), "--port", Integer.toString(port));
        while (running.get("broker").isAlive() && !isListening(port)) {
            Thread.sleep(200);
        }
    }

    private static boolean isListening(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private String tableInKafka(String id, Path place, String bootstrap) throws IOException, InterruptedException {
        var exported = place.resolve("exported-" + id);
        roles.run("export", "export", id, "--bootstrap", bootstrap, "--kafka", PATIENT, "--to", "json", "--output", exported.toString());
        return Files.readString(exported.resolve("factors.json"));
    }

    private void start(String name, String... arguments) throws IOException {
        running.put(name, roles.start(name, arguments));
    }

    private void count(String fault) {
        kills.merge(fault, 1, Integer::sum);
    }

    private void prepare() throws IOException {
        Files.createDirectories(directory.getParent());
        if (Files.exists(directory)) {
            try (var old = Files.walk(directory)) {
                for (var path : old.sorted((a, b) -> b.compareTo(a)).toList()) {
                    Files.delete(path);
                }
            }
        }
        Files.createDirectories(directory);
        for (int job = 1; job <= JOBS; job++) {
            Files.writeString(plan(job), String.format(PLAN, job, job));
        }
    }

    private Path plan(int job) {
        return directory.resolve("chaos-" + job + ".yaml");
    }

    private Path undisturbed(int job) {
        return directory.resolve("undisturbed-" + job);
    }

    /** Report, tables and checkpoint, by path; other files of a run tell how it went. */
    private static Map<String, String> results(Path run) throws IOException, NoSuchAlgorithmException {
        var results = new TreeMap<String, String>();
        try (var files = Files.walk(run)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var path = run.relativize(file).toString();
                if (path.matches("report\\.(csv|json|md)|retrieval\\.csv|tables/.*|model/.*")) {
                    results.put(path, HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file))));
                }
            }
        }
        assertThat(results).containsKeys("report.json", "retrieval.csv", "tables/factors.json", "model/model.safetensors");
        return results;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
