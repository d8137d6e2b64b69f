package io.longrope.search.work;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

import java.util.Optional;

/** What a worker with a device is asked. Equal questions have equal ids. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = InspectTask.class, name = "inspect"),
    @JsonSubTypes.Type(value = ScoreTask.class, name = "score"),
    @JsonSubTypes.Type(value = KeyTokensTask.class, name = "key-tokens"),
    @JsonSubTypes.Type(value = GenerateTask.class, name = "generate"),
    @JsonSubTypes.Type(value = TrainTask.class, name = "train")})
public sealed interface Task permits InspectTask, ScoreTask, KeyTokensTask, GenerateTask, TrainTask {

    /** Computed from what decides the result; not part of the JSON. */
    TaskId id();

    /** The queue it waits in. */
    TaskClass taskClass();

    /** The checkpoint it needs in memory; a worker prefers tasks of the one it has loaded. */
    Optional<ModelReference> needs();

    /** What it has in common with tasks that take about as long; empty where none can be told to do so. */
    default Optional<Effort> effort() {
        return Optional.empty();
    }

    /** True where derivatives are asked for, which workers of earlier builds do not know. */
    default boolean gradient() {
        return false;
    }

    /** For log lines, for example {@code score 8192 tokens}. */
    String describe();

    /**
     * Does what its kind asks for.
     *
     * @throws X what doing it throws
     */
    <T, X extends Exception> T as(Kinds<T, X> kinds) throws X;

    /** Something for each kind of task, so that the compiler keeps it complete. */
    interface Kinds<T, X extends Exception> {

        T inspect(InspectTask task) throws X;

        T score(ScoreTask task) throws X;

        T keyTokens(KeyTokensTask task) throws X;

        T generate(GenerateTask task) throws X;

        T train(TrainTask task) throws X;
    }
}
