package io.longrope.evaluator.checkpoint;

import java.util.List;
import java.util.Set;

/** The weights of a checkpoint under the names transformers gives them. Knows headers only; a tensor is read when it is asked to. */
interface StoredTensors {

    /** Names of all tensors, sorted. */
    Set<String> names();

    /** The tensors that can be opened, sorted by name. */
    List<StoredTensor> tensors();

    /** @throws io.longrope.search.problem.BadInput when there is no such tensor, or it is in a number format nothing here reads */
    StoredTensor tensor(String name);

    /** Of a model whose head is its embedding: the head alone, which some programs save of the two, is the embedding. */
    default StoredTensors withEmbeddingOfHead() {
        return this;
    }
}
