package io.longrope.progressive.driver;

import io.longrope.search.work.WaitListener;
import io.longrope.search.work.Waiting;

/**
 * How many jobs a driver runs at a time. A job that waits for a worker that can do it keeps nobody from anything, so another may have its
 * place; when it goes on it does so at once, and until one has ended there is a job more than asked for. Thread-safe.
 */
public final class DriverPlaces {

    private int free;
    private int jobs;

    /** @param places jobs at a time, those that wait not counted */
    public DriverPlaces(int places) {
        free = places;
    }

    /** Waits for one. It is to be closed when its job has left the driver, or none came. */
    synchronized Place take() throws InterruptedException {
        while (free <= 0) {
            wait();
        }
        free--;
        return new Place();
    }

    /** True when a place is free and each of so many slots has a job already. */
    synchronized boolean lackSlot(int slots) {
        return free > 0 && jobs >= slots;
    }

    /** Of one job, or of a slot that looks for one. */
    final class Place implements AutoCloseable {

        private boolean held = true;
        private boolean hasJob;
        private boolean closed;

        /** A job was claimed. */
        void occupy() {
            synchronized (DriverPlaces.this) {
                hasJob = true;
                jobs++;
            }
        }

        /** @return who leaves the place while the job waits, and tells the other */
        WaitListener before(WaitListener told) {
            return new WaitListener() {
                @Override
                public void waits(Waiting waiting) {
                    hold(false);
                    told.waits(waiting);
                }

                @Override
                public void goesOn() {
                    hold(true);
                    told.goesOn();
                }
            };
        }

        private void hold(boolean now) {
            synchronized (DriverPlaces.this) {
                if (!closed && held != now) {
                    held = now;
                    free += now ? -1 : 1;
                    DriverPlaces.this.notifyAll();
                }
            }
        }

        @Override
        public void close() {
            synchronized (DriverPlaces.this) {
                hold(false);
                closed = true;
                if (hasJob) {
                    hasJob = false;
                    jobs--;
                }
            }
        }
    }
}
