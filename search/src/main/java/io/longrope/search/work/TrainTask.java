package io.longrope.search.work;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.FactorTable;
import io.longrope.search.training.LoraSettings;
import io.longrope.search.training.SequenceSettings;
import io.longrope.search.training.TrainingCommand;
import io.longrope.search.training.TrainingSettings;

import java.util.LinkedHashMap;
import java.util.Optional;

/**
 * One fine-tune of a checkpoint with a candidate's positions. Every attempt at it writes a directory of its own below
 * {@code train/} and the first 16 digits of its id in the worker's runs root, and begins from the newest whole state any
 * attempt left there.
 *
 * @param name       what it is called in logs; decides nothing
 * @param model      the checkpoint to start from
 * @param candidate  rescale factors in force while training
 * @param table      the same as a table, as programs are given it
 * @param text       trained on
 * @param sequences  what the training sequences look like
 * @param settings   how to train
 * @param lora       low-rank adapters in place of all weights; empty trains all weights
 * @param heldOut    what is measured on the way; empty = nothing
 * @param command    the program that trains; empty = the built-in trainer
 * @param threads    CPU threads inside one operation, at least 1
 */
@JsonInclude
public record TrainTask(String name, ModelReference model, Candidate candidate, FactorTable table, TextReference text,
        SequenceSettings sequences,
                        TrainingSettings settings, Optional<LoraSettings> lora, Optional<HeldOut> heldOut,
                        Optional<TrainingCommand> command,
                        int threads) implements Task {

    /**
     * Text whose loss is measured while training, from its selection share; never trained on.
     *
     * @param text    where it is
     * @param samples how many, at least 1
     * @param every   steps between measurements, at least 1; the last step is always measured
     */
    public record HeldOut(TextReference text, int samples, int every) {

        public HeldOut {
            Require.present(text, "held-out");
            Require.atLeast(1, samples, "held-out-samples");
            Require.atLeast(1, every, "held-out-every");
        }
    }

    public TrainTask {
        Require.notBlank(name, "train.name");
        Require.present(model, "train.model");
        Require.present(candidate, "train.candidate");
        Require.present(table, "train.table");
        Require.present(text, "train.text");
        Require.present(sequences, "train.sequences");
        Require.present(settings, "train.settings");
        Require.present(lora, "train.lora");
        Require.present(heldOut, "train.heldOut");
        Require.present(command, "train.command");
        Require.atLeast(1, threads, "train.threads");
    }

    /** What is measured on the way and how often a state is saved change no weight, and are no part of it. */
    @Override
    public TaskId id() {
        var question = new LinkedHashMap<String, Object>();
        question.put("kind", "train");
        question.put("model", model.fingerprint());
        question.put("candidate", candidate);
        question.put("table", table.entries());
        question.put("text", text.fingerprint());
        question.put("sequences", sequences);
        question.put("settings", settings.deciding());
        question.put("lora", lora);
        question.put("command", command.map(TrainingCommand::words));
        question.put("threads", threads);
        question.put("version", Arithmetic.VERSION);
        model.startToken().ifPresent(token -> question.put("startToken", token));
        return TaskId.of(question);
    }

    @Override
    public TaskClass taskClass() {
        return TaskClass.TRAIN;
    }

    @Override
    public Optional<ModelReference> needs() {
        return Optional.of(model);
    }

    @Override
    public String describe() {
        return "training " + name + ", " + Plural.of(settings.steps(), "step");
    }

    @Override
    public <T, X extends Exception> T as(Kinds<T, X> kinds) throws X {
        return kinds.train(this);
    }
}
