package io.longrope.evaluator.checkpoint;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How weights that belong to the user come into a directory of ours. They are never hard-linked: a change would reach them. */
public enum ModelCopy {
    /** A copy of the files themselves, whatever links led to them: the directory needs nothing else. */
    @JsonProperty("copy")
    COPY,
    /** Symbolic links to the files, and REFERS-TO.txt that names them: for weights too large to copy. */
    @JsonProperty("refer")
    REFER
}
