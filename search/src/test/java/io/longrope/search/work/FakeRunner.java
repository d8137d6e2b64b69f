package io.longrope.search.work;


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
    public String device() {
        return "cpu";
    }
}
