package io.longrope.search.work;

class InMemoryWorkerBoardTest extends WorkerBoardContract {

    @Override
    protected WorkerBoard openBoard() {
        return new InMemoryWorkerBoard();
    }
}
