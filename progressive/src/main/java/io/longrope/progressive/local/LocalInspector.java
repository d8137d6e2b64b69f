package io.longrope.progressive.local;

import io.longrope.evaluator.facts.DeviceFacts;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.evaluator.worker.ModelTaskRunner;
import io.longrope.evaluator.worker.Roots;
import io.longrope.evaluator.worker.SampleBook;
import io.longrope.evaluator.worker.TrainingProgress;
import io.longrope.progressive.driver.Inspection;
import io.longrope.progressive.plan.JobPlan;
import io.longrope.progressive.plan.PlanSurroundings;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.work.InspectTask;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.TaskRefused;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/** Looks at checkpoints and texts of this machine, as a worker would: a plan can be checked before there is a broker. */
public final class LocalInspector implements Inspection.Inspector, PlanSurroundings {

    private static final String OCCASION = "check";

    private final LocalFiles files;
    private final ModelTaskRunner runner;
    private final Inspection inspection;

    /**
     * @param session stays the caller's; no model is loaded into it
     * @param devices what would do a job; where there are none, nothing is refused for want of memory
     */
    public LocalInspector(LocalFiles files, Roots roots, SampleBook samples, ModelSession session, List<DeviceFacts> devices) {
        this.files = files;
        inspection = new Inspection(this, () -> devices);
        runner = new ModelTaskRunner("here", roots, samples, session, new ModelTaskRunner.Place("", false), new TrainingProgress(true));
    }

    @Override
    public Outcome inspect(InspectTask.Subject subject) {
        try {
            return runner.run(new InspectTask(OCCASION, subject)).outcome();
        } catch (TaskRefused e) {
            throw e.getCause() instanceof BadInput cause ? cause : e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException(e.getMessage());
        }
    }

    @Override
    public Optional<RopeGeometry> geometry(String model) {
        files.checkpoint(model);
        return Optional.of(inspection.config(model).rope());
    }

    @Override
    public void checkText(String text) {
        files.checkText(text);
    }

    @Override
    public List<Problem> check(JobPlan plan) {
        try {
            return inspection.problems(plan);
        } catch (BadInput e) {
            return e.problems();
        }
    }

    /** What the inspection found so far, and finds when it is asked for more. */
    public Inspection inspection() {
        return inspection;
    }
}
