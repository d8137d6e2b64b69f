package io.longrope.search.kafka;

import io.longrope.search.evaluation.WorkerBoard;
import io.longrope.search.evaluation.WorkerBoardContract;

class KafkaWorkerBoardTest extends WorkerBoardContract {

    private final KafkaSettings settings = TestBroker.fresh();

    @Override
    protected WorkerBoard openBoard() {
        return KafkaWorkerBoard.open(settings);
    }
}
