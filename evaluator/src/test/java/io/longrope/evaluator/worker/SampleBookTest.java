package io.longrope.evaluator.worker;

import io.longrope.evaluator.text.TokenStore;
import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SampleBookTest {

    @Test
    void readsATextAgainThatWasReplacedButRefusesOtherTokens(@TempDir Path directory) throws IOException {
        var files = new WorkerFiles(directory);
        var old = files.sample(1, 48);
        assertThat(files.samples.open(files.checkpoint(), files.checkpoint().startToken(), old).fingerprint(1))
                .isEqualTo(old.fingerprint());
        Files.writeString(files.data.resolve("text.txt"), "Another text altogether.\n".repeat(300));
        var other = new SampleBook(files.roots.data(), TokenStore.at(directory.resolve("other-tokens")));
        var set = other.first(files.checkpoint(), files.checkpoint().startToken(), old.text(), old.share(), 2, 48, old.seed());
        var now = files.named(1, 48, set.fingerprint(1));

        assertThat(files.samples.open(files.checkpoint(), files.checkpoint().startToken(), now).fingerprint(1))
                .isEqualTo(now.fingerprint());
        assertThatThrownBy(() -> files.samples.open(files.checkpoint(), files.checkpoint().startToken(), old)).isInstanceOf(BadInput.class)
                .hasMessageContaining("must give sample 1 with fingerprint " + old.fingerprint());
    }
}
