package io.longrope.evaluator.text.internal;

import blue.strategic.parquet.ParquetReader;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A Parquet file with a document in each row: the column {@code text}, or where there is none a list of token ids called
 * {@code tokens} or {@code input_ids}. No other column is read. A row without a value is no document.
 */
final class ParquetText {

    private static final List<String> TOKEN_COLUMNS = List.of("tokens", "input_ids");

    private final Path path;

    ParquetText(Path path) {
        this.path = path;
    }

    void read(DocumentSink sink, LongConsumer progress) throws IOException {
        var options = ParquetReadOptions.builder().withCodecFactory(new ParquetCodecs(path.toString())).build();
        try (var reader = ParquetFileReader.open(ParquetReader.makeInputFile(path.toFile()), options)) {
            var schema = reader.getFileMetaData().getSchema();
            var column = column(schema);
            // the column's group alone, so that the others' pages are not even read
            var projection = new MessageType(schema.getName(), schema.getType(column.getPath()[0]));
            reader.setRequestedSchema(projection);
            long row = 0;
            for (var pages = reader.readNextRowGroup(); pages != null; pages = reader.readNextRowGroup()) {
                var store = new ColumnReadStoreImpl(pages, new GroupRecordConverter(projection).getRootConverter(), projection,
                        reader.getFileMetaData().getCreatedBy());
                row = readRows(store.getColumnReader(column), row, sink);
                progress.accept(path.toFile().length() / Math.max(1, reader.getRowGroups().size()));
            }
        } catch (BadInput e) {
            throw e;
        } catch (RuntimeException e) {
            // the library's own complaints about a broken file
            throw new BadInput(new Problem(path.toString(), "must be a Parquet file", String.valueOf(e.getMessage()), ""), e);
        }
    }

    private ColumnDescriptor column(MessageType schema) {
        var texts = schema.getColumns().stream().filter(column -> column.getPath().length == 1 && column.getPath()[0].equals("text")
                && column.getMaxRepetitionLevel() == 0 && column.getPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY);
        var tokens = TOKEN_COLUMNS.stream().flatMap(name -> schema.getColumns().stream().filter(column -> column.getPath()[0].equals(name)
                && column.getMaxRepetitionLevel() == 1 && isInteger(column)));
        return Stream.concat(texts, tokens).findFirst().orElseThrow(() -> new BadInput(path.toString(),
                "must have a column text of strings, or tokens or input_ids of lists of integers", "columns " + columns(schema), ""));
    }

    private static String columns(MessageType schema) {
        return schema.getColumns().stream().map(column -> String.join(".", column.getPath()) + " ("
                + column.getPrimitiveType().getPrimitiveTypeName().name().toLowerCase(Locale.ROOT) + ")").collect(Collectors.joining(", "));
    }

    private static boolean isInteger(ColumnDescriptor column) {
        var type = column.getPrimitiveType().getPrimitiveTypeName();
        return type == PrimitiveTypeName.INT32 || type == PrimitiveTypeName.INT64;
    }

    /** Returns the number of the row after the last. */
    private long readRows(ColumnReader values, long first, DocumentSink sink) throws IOException {
        boolean isText = values.getDescriptor().getMaxRepetitionLevel() == 0;
        long left = values.getTotalValueCount();
        long row = first;
        while (left > 0) {
            var name = path + " row " + row++;
            if (isText) {
                readText(values, name, sink);
                left--;
            } else {
                left -= readTokens(values, left, name, sink);
            }
        }
        return row;
    }

    private static void readText(ColumnReader values, String name, DocumentSink sink) throws IOException {
        if (values.getCurrentDefinitionLevel() == values.getDescriptor().getMaxDefinitionLevel()) {
            sink.text(name, new Utf8Reader(new ByteArrayInputStream(values.getBinary().getBytes()), name));
        }
        values.consume();
    }

    /** Returns how many values the row had. */
    private static long readTokens(ColumnReader values, long left, String name, DocumentSink sink) throws IOException {
        int deepest = values.getDescriptor().getMaxDefinitionLevel();
        boolean isLong = values.getDescriptor().getPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.INT64;
        var ids = new int[1 << 8];
        int count = 0;
        int used = 0;
        do {
            if (values.getCurrentDefinitionLevel() == deepest) {
                ids = count == ids.length ? Arrays.copyOf(ids, 2 * count) : ids;
                long id = isLong ? values.getLong() : values.getInteger();
                if (id != (int) id) {
                    throw new BadInput(name, "must have token ids as tokens", id, "");
                }
                ids[count++] = (int) id;
            }
            values.consume();
            used++;
        } while (used < left && values.getCurrentRepetitionLevel() > 0);
        if (count > 0) {
            sink.tokens(name, blocks(ids, count));
        }
        return used;
    }

    private static DocumentSink.TokenBlocks blocks(int[] ids, int count) {
        int[] given = {0};
        return () -> {
            int from = given[0];
            given[0] = Math.min(count, from + JsonTokens.BLOCK);
            return from == count ? null : Arrays.copyOfRange(ids, from, given[0]);
        };
    }
}
