package io.longrope.progressive.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.search.json.Json;
import io.longrope.search.kafka.EmbeddedBroker;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

import static org.assertj.core.api.Assertions.assertThat;

/** The roles of a cluster as a user starts them, each on a thread of its own, over one broker. */
class ClusterTest {

    private static final String PLAN = """
            schema: 1
            name: %s
            seed: %d
            model: %s
            data: {evaluation: text.txt, samples: {search: 1, selection: 2, report: 1}}
            search: {algorithm: longrope, population: 8, generations: %d, mutations: 3, crossovers: 3, parents: 3, finalists: 2}
            stages:
              - search: {length: 64, on: base}
              - search: {length: 128, on: base}
            """;
    private static final int ENDLESS = 5000;

    @TempDir
    private static Path directory;
    private static EmbeddedBroker broker;

    private final List<Role> roles = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        var data = Files.createDirectories(directory.resolve("data"));
        Files.createDirectories(directory.resolve("models"));
        Files.writeString(data.resolve("text.txt"), "the quick brown fox jumps over the lazy dog 0123456789\n".repeat(400));
        var pretraining = new Role("pretrain", "--text", data.resolve("text.txt").toString(), "--output",
                directory.resolve("models/tiny").toString(), "--steps", "2",
                "--batch", "1", "--micro-batch", "1", "--layers", "2", "--width", "32", "--inner-width", "64", "--heads", "2",
                "--key-heads", "1", "--window", "32");
        assertThat(pretraining.end()).as(pretraining.errors()).isZero();
        broker = EmbeddedBroker.start(directory.resolve("broker"), 0);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @AfterEach
    void endRoles() throws Exception {
        for (var role : roles) {
            role.interrupt();
            role.end();
        }
    }

    @Test
    void twoJobsShareTwoDriversAndTwoWorkersAndEverybodyCanWatch() throws Exception {
        var one = submit("one", 1, "tiny", 1);
        var other = submit("other", 2, "tiny", 1);
        assertThat(jobs()).extracting(job -> job.path("job").asText()).contains(one, other);
        assertThat(job(one).path("state").asText()).isEqualTo("queued");
        var untaken = role("submit", plan("untaken", 9, "tiny", 1).toString(), "--wait", "1s");
        assertThat(untaken.end()).isZero();
        var follow = "longrope watch " + untaken.printed().strip() + " --bootstrap " + broker.bootstrap();
        assertThat(untaken.errors()).contains("no driver has taken it since it was submitted at ", ": none runs at " + broker.bootstrap()
                + ", and longrope driver --bootstrap " + broker.bootstrap() + " starts one; " + follow + " tells how it goes");
        assertThat(role("cancel", untaken.printed().strip()).end()).isZero();
        var drivers = List.of(driver("d1", "runs"), driver("d2", "runs"));
        worker("w1");
        var worker = worker("w2");
        assertThat(role("watch", one).end()).isZero();
        var watch = role("watch", other, "--from", "now");
        assertThat(watch.end()).isZero();
        assertThat(job(one).path("state").asText()).isEqualTo("finished");
        assertThat(job(other).path("name").asText()).isEqualTo("other");
        assertThat(directory.resolve("runs/" + one + "/tables/stages/search-64-base.json")).exists();
        assertThat(directory.resolve("runs/" + one + "/tables/factors.json")).exists();
        assertThat(directory.resolve("runs/" + one + "/tables/best-so-far.json")).doesNotExist();
        assertThat(role("export", one, "--to", "json", "--output", path("exported")).end()).isZero();
        assertThat(role("export", one + "/search-64-base", "--to", "json", "--output", path("exported-stage")).end()).isZero();
        assertThat(exported("exported")).isEqualTo(Files.readString(directory.resolve("runs/" + one + "/tables/factors.json")));
        assertThat(exported("exported-stage"))
                .isEqualTo(Files.readString(directory.resolve("runs/" + one + "/tables/stages/search-64-base.json")));
        var missing = role("export", one + "/search-1-base", "--to", "json", "--output", path("none"));
        assertThat(missing.end()).isEqualTo(2);
        assertThat(missing.errors()).contains("tables of " + one + " so far: [factors, search-128-base, search-64-base]");
        assertThat(directory.resolve("none")).doesNotExist();
        var crew = Json.mapper().readTree(role("jobs", "--workers", "--format", "json").printed()).path("workers");
        assertThat(crew).extracting(row -> row.path("worker").asText().replaceFirst("-[0-9a-f]{6}$", "")).contains("w1", "w2");
        assertThat(crew).allSatisfy(row -> assertThat(row.path("device").asText()).isEqualTo("cpu"));
        var metrics = get(worker, "/metrics");
        assertThat(metrics.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain; version=0.0.4");
        assertThat(metrics.body())
                .contains("# TYPE longrope_results_total counter\n", "longrope_results_total{outcome=\"loss\",worker=\"w2-");
        var ended = drivers.stream().mapToLong(driver -> number(body(driver), "longrope_jobs_ended_total{end=\"finished\"} ")).sum();
        assertThat(ended).isEqualTo(2);
        assertThat(role("cancel", one).end()).isEqualTo(2);
        // what has a result is not run again
        assertThat(submit("one", 1, "tiny", 1)).isEqualTo(one);
        assertThat(job(one).path("state").asText()).isEqualTo("finished");
    }

    @Test
    void cancellingStopsDriverAndWorkersAndKeepsTheBestSoFar() throws Exception {
        var driver = driver("d3", "runs");
        worker("w3");
        var job = submit("endless", 3, "tiny", ENDLESS);
        await(() -> Files.exists(directory.resolve("runs/" + job + "/tables/best-so-far.json")));
        var watch = role("watch", job);
        var cancel = role("cancel", job);
        assertThat(cancel.end()).isZero();
        assertThat(cancel.errors()).contains(job
                + " is asked to end: driver d3 stops it within seconds and keeps what was found; longrope "
                + "watch " + job + " --bootstrap " + broker.bootstrap() + " ends with it\n");
        assertThat(watch.end()).isEqualTo(3);
        assertThat(job(job).path("state").asText()).isEqualTo("cancelled");
        assertThat(role("tables", "show", directory.resolve("runs/" + job + "/tables/best-so-far.json").toString()).printed())
                .contains("tiny");
        await(() -> number(body(driver), "longrope_tasks_unanswered ") == 0);
    }

    @Test
    void pausedJobIsLeftUntilItIsResumedAndThenComesToTheSameTables() throws Exception {
        driver("d8", "runs");
        worker("w8");
        var undisturbed = submit("undisturbed", 8, "tiny", 30);
        var job = submit("paused", 8, "tiny", 30);
        var early = role("resume", job);
        assertThat(early.end()).isEqualTo(2);
        assertThat(early.errors()).contains("job " + job + " must be paused");
        await(() -> Files.exists(directory.resolve("runs/" + job + "/tables/best-so-far.json")));
        var pause = role("pause", job);
        assertThat(pause.end()).isZero();
        assertThat(pause.errors()).contains(job
                + " is asked to pause: driver d8 stops it within seconds and keeps what was found; longrope "
                + "resume " + job + " --bootstrap " + broker.bootstrap() + " has it go on\n");
        assertThat(role("watch", job).end()).isEqualTo(3);
        assertThat(job(job).path("state").asText()).isEqualTo("paused");
        assertThat(role("pause", job).end()).isEqualTo(2);
        var resume = role("resume", job);
        assertThat(resume.end()).isZero();
        assertThat(resume.errors()).contains(job + " is queued again: a driver that is free goes on with it");
        var refused = role("delete", job, "--runs", path("runs"));
        assertThat(refused.end()).isEqualTo(2);
        assertThat(refused.errors()).contains("job " + job + " must have ended or be paused");
        await(() -> job(job).path("state").asText().equals("finished"));
        assertThat(entries(job)).isEqualTo(entries(undisturbed));
        assertThat(job(undisturbed).path("deviceSeconds").doubleValue()).isPositive();
        assertThat(job(job).path("deviceSeconds").doubleValue()).isPositive();
        var dry = role("delete", job, "--runs", path("runs"), "--dry-run");
        assertThat(dry.end()).as(dry.errors()).isZero();
        assertThat(dry.printed()).contains("goes   " + path("runs/" + job + "/model"), "stays  tables and reports in ");
        assertThat(dry.errors()).contains("nothing is removed yet; longrope delete " + job + " --runs " + path("runs") + " --bootstrap "
                + broker.bootstrap() + " removes it\n");
        assertThat(directory.resolve("runs/" + job + "/model")).isDirectory();
        // its driver has the directory open for a moment after it said that the job is finished
        await(() -> role("delete", job, "--runs", path("runs")).end() == 0);
        assertThat(jobs()).extracting(one -> one.path("job").asText()).contains(undisturbed).doesNotContain(job);
        assertThat(directory.resolve("runs/" + job + "/tables/factors.json")).exists();
        assertThat(directory.resolve("runs/" + job + "/model")).doesNotExist();
        assertThat(directory.resolve("runs/" + undisturbed + "/model")).isDirectory();
        var storage = role("jobs", "--storage", "--runs", path("runs"));
        assertThat(storage.end()).as(storage.errors()).isZero();
        assertThat(storage.printed()).contains("topic longrope.results", "for ever", path("runs/" + undisturbed + "/model"), "token files")
                .doesNotContain(job + "/model");
    }

    @Test
    void jobWhoseModelNoWorkerHasWaitsAndGoesOnWhenOneComes() throws Exception {
        driver("d4", "runs");
        worker("w4");
        var job = submit("early", 4, "later", 1);
        var outside = submit("outside", 4, "../models/tiny/../../data", 1);
        await(() -> job(job).path("state").asText().equals("waiting") && job(outside).path("state").asText().equals("waiting"));
        assertThat(role("jobs", "--format", "json").printed())
                .contains("later must exist below --models", "must be a plain path below --models");
        copy(directory.resolve("models/tiny"), directory.resolve("models/later"));
        worker("w5");
        assertThat(role("watch", job).end()).isZero();
        assertThat(role("cancel", outside).end()).isZero();
    }

    @Test
    void planThatCannotBeRunFailsBeforeAnythingIsScoredAndGoesOnOnceRepaired() throws Exception {
        driver("d6", "runs");
        worker("w6");
        Files.writeString(directory.resolve("data/growing.txt"), "too short");
        var plan = plan("growing", 7, "tiny", 1);
        Files.writeString(plan, Files.readString(plan).replace("text.txt", "growing.txt"));
        var submission = role("submit", plan.toString(), "--wait", "5m");
        assertThat(submission.end()).isEqualTo(2);
        var job = StreamSupport.stream(jobs().spliterator(), false).filter(one -> one.path("name").asText().equals("growing"))
                .findFirst().orElseThrow().path("job").asText();
        var problems = List.of("must leave room for 1 sample in the search share of growing.txt",
                "must leave room for 2 samples in the selection share of growing.txt");
        assertThat(submission.errors()).contains(problems);
        var watch = role("watch", job);
        assertThat(watch.end()).isEqualTo(1);
        assertThat(watch.printed()).contains("failed").contains(problems);
        var table = role("jobs");
        assertThat(table.end()).isZero();
        assertThat(table.errors()).contains(problems);
        Files.copy(directory.resolve("data/text.txt"), directory.resolve("data/growing.txt"), StandardCopyOption.REPLACE_EXISTING);
        var repaired = role("submit", plan.toString(), "--wait", "5m");
        assertThat(repaired.end()).as(repaired.errors()).isZero();
        assertThat(repaired.printed().strip()).isEqualTo(job);
        assertThat(repaired.errors()).contains("checked and running on driver d6");
        assertThat(role("watch", job, "--from", "now").end()).isZero();
    }

    @Test
    void runClaimsItsJobAndLeavesThoseOfOthers() throws Exception {
        var waiting = submit("waiting", 5, "tiny", 1);
        var plan = plan("own", 6, "tiny", 1);
        var run = role("run", plan.toString(), "--models", path("models"), "--data", path("data"), "--run-dir", path("mine/own"),
                "--workers", "1");
        assertThat(run.end()).as(run.errors()).isZero();
        assertThat(run.printed()).contains("Perplexity on held-out text");
        assertThat(job(waiting).path("state").asText()).isEqualTo("queued");
        assertThat(jobs()).filteredOn(job -> job.path("name").asText().equals("own")).singleElement()
                .satisfies(job -> assertThat(job.path("state").asText()).isEqualTo("finished"));
        assertThat(role("cancel", waiting).end()).isZero();
        assertThat(job(waiting).path("state").asText()).isEqualTo("cancelled");
    }

    @Test
    void rolesThatServeWaitForAKafkaThatIsNotThereYet() throws Exception {
        int port;
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        var address = "127.0.0.1:" + port;
        var given = List.of("--bootstrap", address);
        var hasty = with(given, "worker", "--models", path("models"), "--data", path("data"), "--connect-timeout", "0");
        assertThat(hasty.end()).isEqualTo(2);
        assertThat(hasty.errors()).contains("Kafka at " + address + " must answer within 0 s, but was silent; check the address");
        var asking = with(given, "jobs", "--kafka", "default.api.timeout.ms=4000", "--kafka", "request.timeout.ms=1000");
        assertThat(asking.end()).isEqualTo(2);
        assertThat(asking.errors()).containsSubsequence("Kafka at " + address + " does not answer yet: this tries it for 4 seconds",
                "Kafka at " + address + " must answer, but was silent; check the address", "broker --port " + port + " starts one");
        // what was started last has the log, which is one for a process
        var patient = with(given, "driver", "--models", path("models"), "--runs", path("late-runs"));
        await(() -> patient.errors().contains("Kafka at " + address + " does not answer: this waits for it, and goes on when it comes"));
        try (var late = EmbeddedBroker.start(directory.resolve("late"), "127.0.0.1", port, Map.of())) {
            await(() -> patient.errors().contains("waits for jobs on queue default"));
            assertThat(patient.errors()).contains("Kafka at " + address + " answers, after ");
            patient.interrupt();
            assertThat(patient.end()).isEqualTo(130);
        }
    }

    @Test
    void secretsShowNowhere() throws Exception {
        var file = Files.writeString(directory.resolve("client.properties"), "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\n"
                + "sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule hunter2 username=\"u\" "
                + "password=\"hunter2\";\n");
        for (var command : List.of("jobs", "driver", "worker")) {
            var arguments = new ArrayList<>(List.of(command, "--bootstrap", broker.bootstrap(), "--command-config", file.toString(),
                    "--verbose"));
            if (command.equals("worker")) {
                arguments.addAll(List.of("--models", path("models"), "--data", path("data")));
            }
            var role = new Role(arguments.toArray(String[]::new));
            assertThat(role.end()).isEqualTo(2);
            assertThat(role.errors()).contains("must be reachable with settings that fit").doesNotContain("hunter2");
        }
    }

    private static JsonNode entries(String job) throws IOException {
        var entries = Json.mapper().readTree(directory.resolve("runs/" + job + "/tables/factors.json").toFile()).path("entries");
        assertThat(entries).isNotEmpty();
        return entries;
    }

    private Role driver(String name, String runs) throws Exception {
        return ready(role("driver", "--name", name, "--models", path("models"), "--runs", path(runs),
                "--metrics-port", "0"));
    }

    private Role worker(String name) throws Exception {
        return ready(role("worker", "--name", name, "--models", path("models"), "--data", path("data"), "--metrics-port", "0"));
    }

    private static Role ready(Role role) throws Exception {
        await(() -> role.errors().contains("on queue default"));
        return role;
    }

    private String submit(String name, int seed, String model, int generations) throws IOException {
        var plan = plan(name, seed, model, generations);
        return role("submit", plan.toString(), "--wait", "0").printed().strip();
    }

    private static Path plan(String name, int seed, String model, int generations) throws IOException {
        return Files.writeString(directory.resolve(name + ".yaml"), String.format(PLAN, name, seed, model, generations));
    }

    private JsonNode jobs() throws IOException {
        return Json.mapper().readTree(role("jobs", "--format", "json").printed()).path("jobs");
    }

    private JsonNode job(String id) throws IOException {
        for (var job : jobs()) {
            if (job.path("job").asText().equals(id)) {
                return job;
            }
        }
        throw new AssertionError("no job " + id);
    }

    private Role role(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        if (!arguments[0].equals("tables")) {
            all.addAll(List.of("--bootstrap", broker.bootstrap()));
        }
        var role = new Role(all.toArray(String[]::new));
        roles.add(role);
        return role;
    }

    private Role with(List<String> more, String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(more);
        var role = new Role(all.toArray(String[]::new));
        roles.add(role);
        return role;
    }

    private static String body(Role role) {
        try {
            return get(role, "/metrics").body();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static HttpResponse<String> get(Role role, String path) throws IOException, InterruptedException {
        var address = Pattern.compile("http://localhost:[0-9]+").matcher(role.errors());
        assertThat(address.find()).isTrue();
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(address.group() + path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static long number(String metrics, String name) {
        return metrics.lines().filter(line -> line.startsWith(name))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(name.length()))).findFirst().orElseThrow();
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        boolean holds = condition.call();
        for (int i = 0; i < 1200 && !holds; i++) {
            Thread.sleep(50);
            holds = condition.call();
        }
        assertThat(holds).isTrue();
    }

    private static String exported(String name) throws IOException {
        try (var files = Files.list(directory.resolve(name))) {
            return Files.readString(files.findFirst().orElseThrow());
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (var file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }

    private static String path(String name) {
        return directory.resolve(name).toString();
    }
}
