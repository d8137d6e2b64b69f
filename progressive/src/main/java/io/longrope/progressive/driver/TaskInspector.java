package io.longrope.progressive.driver;

import io.longrope.progressive.stage.Answers;
import io.longrope.search.work.InspectTask;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.Tasks;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CancellationException;

/** Has workers look at what only they see. What they refuse to look at the job waits for, as for any task. */
public final class TaskInspector implements Inspection.Inspector {

    private final Tasks tasks;
    private final Answers.Patience patience;
    private final String occasion = UUID.randomUUID().toString();

    public TaskInspector(Tasks tasks, Answers.Patience patience) {
        this.tasks = tasks;
        this.patience = patience;
    }

    @Override
    public Outcome inspect(InspectTask.Subject subject) {
        try {
            return Answers.await(tasks.submit(List.of(new InspectTask(occasion, subject))), patience).get(0).outcome();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while workers looked at " + subject);
        }
    }
}
