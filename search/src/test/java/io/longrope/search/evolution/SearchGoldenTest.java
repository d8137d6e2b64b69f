package io.longrope.search.evolution;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import static org.assertj.core.api.Assertions.assertThat;

/** The trials of every algorithm, and what was measured, frozen to the bit: whoever changes a search on purpose changes these too. */
class SearchGoldenTest {

    @ParameterizedTest
    @CsvSource({"adaptive, 64cc0ee25877a562", "cma-es, 1158b73cbfcb9551", "longrope, 852066838f78aa17", "longrope2, cc4864ec7d378478",
            "random, 9bd138e511c5de5d", "nsga2, 5f92f0fef5ea2df0", "turbo, ec18b95c21b4899e"})
    void theSameTrialsAsEver(String algorithm, String digest) throws InterruptedException, NoSuchAlgorithmException {
        var sha = MessageDigest.getInstance("SHA-256");
        for (var problem : AnalyticProblem.all()) {
            for (long seed = 1; seed <= 2; seed++) {
                var settings = SearchSettings.builder().population(24).mutations(8).crossovers(8).parents(8).maxEvaluations(48).seed(seed)
                        .build();
                Scorer scorer = algorithm.equals("nsga2") ? trial -> CompletableFuture.completedFuture(new Measurement(
                        List.of(problem.loss().applyAsDouble(trial.candidate()), distance(trial)), true, List.of(), 2)) : problem.scorer();
                Landscapes.search(algorithm, problem.space(), settings, problem.seeds(), scorer).scored().forEach(one -> add(sha, one));
            }
        }
        var racing = SearchSettings.builder().population(16).mutations(6).crossovers(6).parents(8).maxEvaluations(100).racing(true).build();
        if (!algorithm.equals("nsga2")) {
            Landscapes.search(algorithm, Landscapes.space(), racing, Landscapes.seeds(), new Rungs(Rungs.USUAL, new RacingLosses()))
                    .scored().forEach(one -> add(sha, one));
        }

        assertThat(HexFormat.of().formatHex(sha.digest())).startsWith(digest);
    }

    private static double distance(Trial trial) {
        return Arrays.stream(trial.candidate().factors().layer(0)).map(factor -> factor - 1).sum();
    }

    private static void add(MessageDigest sha, Scored one) {
        var factors = one.candidate().factors().layer(0);
        var bytes = ByteBuffer.allocate(8 * (factors.length + 4));
        Arrays.stream(factors).forEach(bytes::putDouble);
        bytes.putDouble(one.candidate().attentionFactor()).putDouble(one.loss()).putLong(one.candidate().startTokens())
                .putLong(one.measurement().tokens());
        sha.update(bytes.array());
    }
}
