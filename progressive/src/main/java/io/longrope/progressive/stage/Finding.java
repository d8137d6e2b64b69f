package io.longrope.progressive.stage;

import io.longrope.search.table.TableEntry;

/**
 * What a search found for one length.
 *
 * @param stage the stage's name
 * @param model the checkpoint it was searched on
 * @param entry the candidates chosen
 */
public record Finding(String stage, StageModel model, TableEntry entry) {

    public int length() {
        return entry.length();
    }
}
