package io.longrope.search.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.InjectableValues;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;

import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The one Jackson mapper, strict on reading, and the canonical form that hashes are taken of. */
public final class Json {

    /** For {@code JacksonInject}: a flag that messages of older builds lack is false. */
    public static final String FLAG_LEFT_OUT = "flag left out";
    /** For {@code JacksonInject}: a number that messages of older builds lack is empty. */
    public static final String NUMBER_LEFT_OUT = "number left out";
    /** For {@code JacksonInject}: a number that messages of older builds lack is 0. */
    public static final String ZERO_LEFT_OUT = "zero left out";
    /** For {@code JacksonInject}: a table by name that messages of older builds lack is empty. */
    public static final String MAP_LEFT_OUT = "map left out";
    /** For {@code JacksonInject}: a list that messages of older builds lack is empty. */
    public static final String LIST_LEFT_OUT = "list left out";
    /** For {@code JacksonInject}: a text that messages of older builds lack is empty. */
    public static final String TEXT_LEFT_OUT = "text left out";

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModules(new Jdk8Module(), new JavaTimeModule())
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .defaultPropertyInclusion(JsonInclude.Value.construct(JsonInclude.Include.NON_ABSENT, JsonInclude.Include.NON_ABSENT))
            .build()
            .setInjectableValues(new InjectableValues.Std()
                    .addValue(FLAG_LEFT_OUT, false)
                    .addValue(NUMBER_LEFT_OUT, OptionalInt.empty())
                    .addValue(ZERO_LEFT_OUT, 0)
                    .addValue(LIST_LEFT_OUT, List.of())
                    .addValue(MAP_LEFT_OUT, Map.of())
                    .addValue(TEXT_LEFT_OUT, Optional.empty()));

    private static final ObjectMapper CANONICAL = JsonMapper.builder()
            .addModules(new Jdk8Module())
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private Json() {
    }

    public static ObjectMapper mapper() {
        return MAPPER;
    }

    /** JSON with sorted keys, no white space, and Java's shortest round-trip form of numbers. */
    public static String canonical(Object value) {
        return write(CANONICAL, value);
    }

    public static String write(Object value) {
        return write(MAPPER, value);
    }

    public static String sha256(String text) {
        return sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Lower-case hex. */
    public static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(sha256().digest(bytes));
    }

    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String write(ObjectMapper mapper, Object value) {
        try {
            return mapper.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
