package io.longrope.progressive.cli.internal;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import io.longrope.search.json.Json;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;

/** A logging event as one line. */
final class LogLine {

    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

    private LogLine() {
    }

    /** {@code 12:03:44 search-1024 · generation 3/10 …}; a stack trace follows on lines of its own. */
    static String plain(ILoggingEvent event) {
        var level = event.getLevel().isGreaterOrEqual(Level.WARN) ? event.getLevel().toString().toLowerCase(Locale.ROOT) + ": " : "";
        var context = String.join(" · ", event.getMDCPropertyMap().values());
        var line = CLOCK.format(event.getInstant()) + " " + level + (context.isEmpty() ? "" : context + " · ")
                + event.getFormattedMessage();
        return event.getThrowableProxy() == null ? line : line + System.lineSeparator() + trace(event.getThrowableProxy());
    }

    /** Time, level, logger, message, what it belongs to, then the event's own keys. */
    static String json(ILoggingEvent event) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("time", event.getInstant().toString());
        fields.put("level", event.getLevel().toString().toLowerCase(Locale.ROOT));
        fields.put("logger", event.getLoggerName());
        fields.put("message", event.getFormattedMessage());
        fields.putAll(event.getMDCPropertyMap());
        if (event.getKeyValuePairs() != null) {
            event.getKeyValuePairs().forEach(pair -> fields.put(pair.key, pair.value));
        }
        if (event.getThrowableProxy() != null) {
            fields.put("trace", trace(event.getThrowableProxy()));
        }
        return Json.write(fields);
    }

    private static String trace(IThrowableProxy throwable) {
        return ThrowableProxyUtil.asString(throwable).stripTrailing();
    }
}
