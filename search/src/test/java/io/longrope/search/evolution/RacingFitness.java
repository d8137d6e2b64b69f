package io.longrope.search.evolution;

import io.longrope.search.space.Candidate;

import java.util.ArrayList;
import java.util.List;

/** Ten samples of differing difficulty, measured one after the other until a loss bound is exceeded. */
final class RacingFitness implements Fitness {

    static final int SAMPLES = 10;

    int stopped;
    int skippedSamples;

    @Override
    public List<FitnessValue> evaluate(List<Trial> generation) {
        var values = generation.stream().map(trial -> measure(trial.candidate(), trial.lossBounds())).toList();
        for (var value : values) {
            stopped += value.complete() ? 0 : 1;
            skippedSamples += SAMPLES - value.sampleLosses().size();
        }
        return values;
    }

    static FitnessValue measure(Candidate candidate, List<Double> bounds) {
        var losses = new ArrayList<Double>();
        double sum = 0;
        for (int sample = 0; sample < SAMPLES; sample++) {
            double loss = Landscapes.bowl(candidate) + sample % 3 + 0.02 * Math.sin(7 * sample * candidate.factors().get(sample));
            losses.add(loss);
            sum += loss;
            if (sample < bounds.size() && sum / losses.size() > bounds.get(sample)) {
                break;
            }
        }
        return new FitnessValue(sum / losses.size(), losses.size() == SAMPLES, losses, 100L * losses.size());
    }
}
