/**
 * The driver: takes jobs, runs their stages, and writes what they come to. It opens no model and no text; whatever needs one is a task for
 * workers ({@code io.longrope.search.work}).
 *
 * <p>The way of a job through it:
 * <ol>
 * <li>{@link io.longrope.progressive.driver.DriverSlots} has a thread for each job that runs at a time, with its own ends of queues and
 *     logs ({@link io.longrope.progressive.driver.Cluster}), and more of them while jobs wait for a worker
 *     ({@link io.longrope.progressive.driver.DriverPlaces}). The {@link io.longrope.progressive.driver.JobLoop} of each claims a job: as
 *     long as the claim is held no other driver has it.</li>
 * <li>{@link io.longrope.progressive.driver.ClaimedJob} runs it while {@code Supervision} listens for whoever pauses or cancels it, and
 *     watches the claim; at the end the claim is settled and the job's state told.</li>
 * <li>{@link io.longrope.progressive.driver.JobSession} brings together what the run needs: the run directory
 *     ({@link io.longrope.progressive.driver.RunDirectory}), facts about model, texts and devices that workers look up
 *     ({@link io.longrope.progressive.driver.Inspection}), and those who tell how it goes.</li>
 * <li>{@link io.longrope.progressive.driver.JobRunner} runs the stages in their order. A stage that is done has a record
 *     ({@code StageRecords}) and is not run again; of one that was under way the results known answer at once. So a job is resumed by
 *     running it again.</li>
 * <li>{@code Results} writes tables, model and report into the run directory; nothing in them depends on time or number of workers.</li>
 * </ol>
 *
 * <p>What people see: {@link io.longrope.progressive.driver.JobReporter} tells log and job events, {@code HistoryWriter} keeps what the
 * pictures need, {@link io.longrope.progressive.driver.Waits} tells that a job waits and why, {@code Caveats} what to know of a stage's
 * figures.
 *
 * <p>{@code run} and {@code demo} use the same classes without the loop: one job, in their own process.
 */
package io.longrope.progressive.driver;
