/**
 * Work: tasks, how a job's tasks reach workers, and what becomes of each. Nothing here knows models or Kafka; the queues exist in memory
 * ({@link io.longrope.search.work.InMemoryWork}) and over Kafka (package {@code kafka}), under one contract.
 *
 * <p>What the words stand for:
 * <ul>
 * <li>A {@link io.longrope.search.work.Task} is one question for a model: score, generate, find key tokens, train, or inspect. Its
 *     {@link io.longrope.search.work.TaskId} is the hash of all that decides the bits of the answer.</li>
 * <li>A {@link io.longrope.search.work.Delivery} is one record on a queue: a task, or several short ones together.</li>
 * <li>A {@link io.longrope.search.work.Result} is what a task came to. It is kept for ever, in the
 *     {@link io.longrope.search.work.ResultBook} the first of each task, and is never computed again.</li>
 * <li>An {@link io.longrope.search.work.Attempt} is what happened to a task that came to no result: refused, out of memory, failed,
 *     lost, given back. It is no result, and is forgotten after a while.</li>
 * </ul>
 *
 * <p>The way of a job's tasks:
 * <ol>
 * <li>A driver hands tasks to {@link io.longrope.search.work.Tasks}, its end of the queues for one run of a job, and gets a future for
 *     each. Known results answer at once.</li>
 * <li>{@link io.longrope.search.work.JobTasks} puts the others into a lane for each class of tasks, which keeps few in the queue at a
 *     time, so that jobs share the workers. The transport carries deliveries away.</li>
 * <li>A worker's {@link io.longrope.search.work.TaskLoop} takes one delivery at a time from its
 *     {@link io.longrope.search.work.WorkQueue}, has a {@link io.longrope.search.work.TaskRunner} do each task, and publishes a result or
 *     an attempt. A worker that is broken itself finds that out ({@code WorkerHealth}) and stops asking.</li>
 * <li>A result completes the future. An attempt goes to the {@link io.longrope.search.work.Ledger} of the run, which has the task queued
 *     again, lets it wait for another worker ({@link io.longrope.search.work.Waiting}), or gives it up
 *     ({@link io.longrope.search.work.TaskGivenUp}), by the {@link io.longrope.search.work.LedgerRules}.</li>
 * </ol>
 *
 * <p>Beside that, and of no consequence for it, workers tell people how they are: {@link io.longrope.search.work.TaskMeter} counts,
 * {@link io.longrope.search.work.Heartbeat} reports to the {@link io.longrope.search.work.WorkerBoard}.
 */
package io.longrope.search.work;
