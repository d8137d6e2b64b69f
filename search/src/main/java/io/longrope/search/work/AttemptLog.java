package io.longrope.search.work;

import java.util.List;

/** What went wrong lately, on whichever worker and for whichever job, for people to see. */
public interface AttemptLog extends AutoCloseable {

    /** Of the last day, the newest first; of very many the newest. */
    List<Attempt> latest();

    @Override
    void close();
}
