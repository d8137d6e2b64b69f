package io.longrope.search.work;

import java.util.Optional;

/** Does tasks as a test wants it, without a model. */
public record FakeRunner(Run run) implements TaskRunner {

    /** What a task comes to. */
    public interface Run {

        Outcome run(Task task) throws InterruptedException;
    }

    @Override
    public Done run(Task task) throws InterruptedException {
        return new Done(run.run(task), 64);
    }

    @Override
    public Optional<ModelReference> loaded() {
        return Optional.empty();
    }

    @Override
    public String device() {
        return "cpu";
    }

    @Override
    public void close() {
    }
}
