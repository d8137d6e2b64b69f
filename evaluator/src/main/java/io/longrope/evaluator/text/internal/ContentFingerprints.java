package io.longrope.evaluator.text.internal;

import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Obstacle;
import io.longrope.search.problem.Problem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;

/** SHA-256 of files. That of a large one is kept in a directory, with the size and the time of change it is true for. */
public final class ContentFingerprints {

    private static final Logger LOG = LoggerFactory.getLogger(ContentFingerprints.class);
    private static final long LARGE = 1 << 24;
    /** A file that was changed so recently may change again within the same tick of its file system's clock. */
    private static final Duration SETTLED = Duration.ofSeconds(2);

    private final Path directory;

    public ContentFingerprints(Path directory) {
        this.directory = directory;
    }

    /** @throws BadInput when the file cannot be read */
    public String of(Path file) {
        try {
            var state = state(file);
            var kept = Files.size(file) < LARGE ? Optional.<String>empty() : kept(file, state);
            if (kept.isPresent()) {
                return kept.get();
            }
            var fingerprint = computed(file);
            if (Files.size(file) >= LARGE && state(file).equals(state)) {
                keep(file, state, fingerprint);
            }
            return fingerprint;
        } catch (IOException e) {
            throw new BadInput(new Problem(file.toString(), "must be readable", Obstacle.of(e), ""), e);
        }
    }

    private static String computed(Path file) throws IOException {
        var digest = Json.sha256();
        try (var input = Files.newInputStream(file)) {
            var buffer = new byte[1 << 17];
            for (int read = input.read(buffer); read >= 0; read = input.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static String state(Path file) throws IOException {
        var attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return attributes.size() + " " + attributes.lastModifiedTime() + " " + attributes.fileKey();
    }

    private Optional<String> kept(Path file, String state) throws IOException {
        var note = note(file);
        if (!Files.exists(note)) {
            return Optional.empty();
        }
        var lines = Files.readString(note).lines().toList();
        return lines.size() == 3 && lines.get(1).equals(state) ? Optional.of(lines.get(2)) : Optional.empty();
    }

    /** That it cannot be kept only means that the file is read again. */
    private void keep(Path file, String state, String fingerprint) {
        try {
            Files.createDirectories(directory);
            var temporary = Files.createTempFile(directory, "note", ".part");
            Files.writeString(temporary, file.toRealPath() + "\n" + state + "\n" + fingerprint + "\n");
            if (Files.getLastModifiedTime(temporary).toInstant().isAfter(Files.getLastModifiedTime(file).toInstant().plus(SETTLED))) {
                Files.move(temporary, note(file), StandardCopyOption.ATOMIC_MOVE);
            } else {
                Files.delete(temporary);
            }
        } catch (IOException e) {
            LOG.debug("the fingerprint of {} is not kept", file, e);
        }
    }

    private Path note(Path file) throws IOException {
        return directory.resolve(Json.sha256(file.toRealPath().toString()));
    }
}
