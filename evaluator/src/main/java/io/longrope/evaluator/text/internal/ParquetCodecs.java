package io.longrope.evaluator.text.internal;

import com.github.luben.zstd.ZstdInputStream;
import io.longrope.search.problem.BadInput;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.xerial.snappy.Snappy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;

/** Unpacks the pages of Parquet files; the library's own way to gzip needs Hadoop. */
final class ParquetCodecs implements CompressionCodecFactory {

    private final String file;

    /** @param file for complaints */
    ParquetCodecs(String file) {
        this.file = file;
    }

    private interface Codec {

        InputStream open(InputStream packed) throws IOException;
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName name) {
        return switch (name) {
            case UNCOMPRESSED -> new Pages(packed -> packed);
            case GZIP -> new Pages(GZIPInputStream::new);
            case ZSTD -> new Pages(ZstdInputStream::new);
            case SNAPPY -> new Pages(packed -> new ByteArrayInputStream(Snappy.uncompress(packed.readAllBytes())));
            default -> throw new BadInput(file, "must be compressed by gzip, zstd, snappy or not at all", name, "write it anew");
        };
    }

    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName name) {
        throw new UnsupportedOperationException("nothing is written");
    }

    @Override
    public void release() {
    }

    private record Pages(Codec codec) implements BytesInputDecompressor {

        @Override
        public BytesInput decompress(BytesInput packed, int size) throws IOException {
            try (var input = codec.open(packed.toInputStream())) {
                return BytesInput.from(input.readNBytes(size));
            }
        }

        @Override
        public void decompress(ByteBuffer packed, int packedSize, ByteBuffer page, int size) throws IOException {
            var bytes = new byte[packedSize];
            packed.get(bytes);
            page.put(decompress(BytesInput.from(bytes), size).toByteBuffer());
        }

        @Override
        public void release() {
        }
    }
}
