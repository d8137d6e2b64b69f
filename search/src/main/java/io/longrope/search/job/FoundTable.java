package io.longrope.search.job;

import io.longrope.search.problem.Require;
import io.longrope.search.table.FactorTable;

/**
 * A factor table that a job found.
 *
 * @param job   the job
 * @param name  tells the tables of the job apart: {@link #FINAL}, or that of the stage
 * @param table the table
 */
public record FoundTable(JobId job, String name, FactorTable table) {

    /** What to run the job's last checkpoint with. */
    public static final String FINAL = "factors";

    public FoundTable {
        Require.present(job, "table.job");
        Require.notBlank(name, "table.name");
        Require.present(table, "table.table");
    }
}
