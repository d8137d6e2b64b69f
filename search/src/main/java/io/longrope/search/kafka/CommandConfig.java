package io.longrope.search.kafka;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;

/** A file of Kafka client settings, in the form Kafka's own tools take with {@code --command-config}. */
final class CommandConfig {

    private static final String NAME = "command config";

    /** Settings that our guarantees rest on. */
    private static final Set<String> OURS = Set.of("bootstrap.servers", "group.id", "acks", "enable.idempotence", "enable.auto.commit",
            "auto.offset.reset", "key.serializer", "value.serializer", "key.deserializer", "value.deserializer", "max.poll.records",
            "max.poll.interval.ms", "share.acquire.mode", "share.acknowledgement.mode", "isolation.level", "transactional.id");

    private CommandConfig() {
    }

    /** @throws BadInput naming everything wrong; no value is ever repeated, for it may be a secret */
    static Map<String, String> read(Path file) {
        var properties = new Properties();
        try {
            properties.load(new StringReader(Files.readString(file)));
        } catch (NoSuchFileException e) {
            throw new BadInput(new Problem(NAME, "must be an existing file", file.toString(), ""), e);
        } catch (CharacterCodingException | IllegalArgumentException e) {
            throw new BadInput(new Problem(NAME, "must be a Java properties file in UTF-8", file.toString(), ""), e);
        } catch (IOException e) {
            throw new BadInput(new Problem(NAME, "must be readable", file + " (" + e.getClass().getSimpleName() + ")", ""), e);
        }
        var settings = new TreeMap<String, String>();
        properties.stringPropertyNames().forEach(name -> settings.put(name, properties.getProperty(name)));
        requireTheirs(settings.keySet(), NAME + " " + file, "remove the line");
        return settings;
    }

    /**
     * @param names  of the settings somebody gave
     * @param source where, for the error
     * @throws BadInput naming those that are not theirs to give
     */
    static void requireTheirs(Set<String> names, String source, String wayOut) {
        var problems = names.stream().filter(OURS::contains).sorted()
                .map(name -> new Problem(source, "must leave " + name + " to longrope", "set there", wayOut)).toList();
        if (!problems.isEmpty()) {
            throw new BadInput(problems);
        }
    }
}
