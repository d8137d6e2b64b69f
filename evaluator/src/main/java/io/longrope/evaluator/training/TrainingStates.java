package io.longrope.evaluator.training;

import io.longrope.evaluator.checkpoint.Directories;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The saved states of one training, {@code step-000300/} each. A state is written under a temporary name and then moved, so whatever
 * bears the name of a state is whole. Several attempts at one training save into directories of their own and read those of all.
 */
public final class TrainingStates {

    private static final Pattern NAME = Pattern.compile("step-([0-9]{6,9})");

    private final Path own;
    private final Supplier<List<Path>> others;

    private TrainingStates(Path own, Supplier<List<Path>> others) {
        this.own = own;
        this.others = others;
    }

    /** Of a training that is attempted in one place only. */
    public static TrainingStates in(Path directory) {
        return new TrainingStates(directory, List::of);
    }

    /**
     * @param directory where this attempt saves
     * @param others    where other attempts save; such directories may come and go
     */
    public static TrainingStates in(Path directory, Supplier<List<Path>> others) {
        return new TrainingStates(directory, others);
    }

    /** Of one of several trainings that use the same place in turn, so that none goes on from another's state. */
    public TrainingStates of(String training) {
        return new TrainingStates(own.resolve(training),
                () -> others.get().stream().map(directory -> directory.resolve(training)).toList());
    }

    /** @param step steps done */
    public record State(Path directory, int step) {
    }

    /** Where this attempt saves, and where its log lies. */
    public Path directory() {
        return own;
    }

    /** Every whole state of every attempt, the one furthest on first; of equal steps this attempt's own first. */
    public List<State> newestFirst() throws IOException {
        var states = new ArrayList<>(statesIn(own));
        for (var directory : others.get()) {
            states.addAll(statesIn(directory));
        }
        states.sort(Comparator.comparingInt(State::step).reversed());
        return states;
    }

    /** Saves a state and forgets this attempt's earlier ones. */
    public void save(int step, Directories.Content content) throws IOException {
        var state = own.resolve("step-%06d".formatted(step));
        if (Files.exists(state)) {
            return;
        }
        var part = own.resolve(state.getFileName() + ".part");
        Directories.delete(part);
        Files.createDirectories(part);
        content.writeTo(part);
        Files.move(part, state, StandardCopyOption.ATOMIC_MOVE);
        for (var earlier : statesIn(own)) {
            if (earlier.step() < step) {
                Directories.delete(earlier.directory());
            }
        }
    }

    /** Steps done in the newest state of any training that saves in a place. */
    static int savedSteps(Path place) throws IOException {
        int most = 0;
        try (var trainings = Files.list(place)) {
            for (var training : trainings.toList()) {
                most = Math.max(most, statesIn(training).stream().mapToInt(State::step).max().orElse(0));
            }
        } catch (NoSuchFileException e) {
            return 0;
        }
        return most;
    }

    private static List<State> statesIn(Path directory) throws IOException {
        try (var entries = Files.list(directory)) {
            return entries.flatMap(entry -> NAME.matcher(entry.getFileName().toString()).results()
                    .filter(match -> match.group().equals(entry.getFileName().toString()))
                    .map(match -> new State(entry, Integer.parseInt(match.group(1))))).toList();
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        }
    }
}
