package io.longrope.search.work;

/** Is told when a job waits because no worker there is can do some of its tasks. Called while a ledger is locked: must be short. */
public interface WaitListener {

    /** Nobody listens. */
    WaitListener NONE = new WaitListener() {
        @Override
        public void waits(Waiting waiting) {
        }

        @Override
        public void goesOn() {
        }
    };

    /** @param waiting what waits longest; told again only when it changes */
    void waits(Waiting waiting);

    /** No task of the job waits any more. */
    void goesOn();
}
