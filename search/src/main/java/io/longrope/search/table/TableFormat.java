package io.longrope.search.table;

import io.longrope.search.problem.BadInput;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A file form of factor tables. A file is either written whole or not at all. */
public interface TableFormat {

    /** As it is asked for on the command line. */
    String name();

    /**
     * @return what the format, or the engine that reads it, cannot express: one sentence each
     * @throws BadInput when the table cannot be expressed at all
     */
    List<String> write(FactorTable table, Path file) throws IOException;

    /** @throws BadInput naming the file and the line or key that is wrong */
    FactorTable read(Path file) throws IOException;
}
