package io.longrope.evaluator.decoder;

/** What queries are multiplied by, beside their rotation. */
public enum QueryScaling {
    NONE {
        @Override
        public double at(int position, int window) {
            return 1;
        }
    },
    /**
     * max(1, ln(n + 1) / ln L) at position n, so that attention stays as sharp among more keys as within the window L (Su,
     * kexue.fm/archives/8823).
     */
    LOG_N {
        @Override
        public double at(int position, int window) {
            return Math.max(1, StrictMath.log(position + 1.0) / StrictMath.log(window));
        }
    };

    /**
     * @param position n, from 0
     * @param window   L, tokens the model was trained with, at least 2
     */
    public abstract double at(int position, int window);
}
