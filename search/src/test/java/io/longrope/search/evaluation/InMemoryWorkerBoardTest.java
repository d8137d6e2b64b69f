package io.longrope.search.evaluation;

class InMemoryWorkerBoardTest extends WorkerBoardContract {

    @Override
    protected WorkerBoard openBoard() {
        return new InMemoryWorkerBoard();
    }
}
