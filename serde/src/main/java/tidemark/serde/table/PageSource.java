package tidemark.serde.table;

import com.github.luben.zstd.ZstdDecompressCtx;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * The pages of one column chunk after the other, in a mapped file. Not thread-safe; one
 * decompressor serves all columns of a reader.
 */
final class PageSource {
  private final ZstdDecompressCtx zstd;
  private final PageHead head = new PageHead();
  private byte[] compressed = new byte[0];

  private ByteBuffer file;
  private int at;
  private int end;
  private CompressionCodecName codec;

  PageSource(ZstdDecompressCtx zstd) {
    this.zstd = zstd;
  }

  void open(ByteBuffer mapped, int from, int to, CompressionCodecName codecOfPages) {
    file = mapped;
    at = from;
    end = to;
    codec = codecOfPages;
  }

  /** The next page's header; its body must be read or skipped before the next. */
  PageHead header() {
    at = head.read(file, at, end);
    return head;
  }

  void skipBody() {
    at = bodyEnd();
  }

  /** The page's bytes, in the given array if it is long enough. */
  byte[] body(byte[] reused) throws IOException {
    int size = head.sizeBytes();
    int start = at;
    int length = head.compressedBytes();
    at = bodyEnd();
    int room = Math.addExact(size, HybridDecoder.SLACK_BYTES);
    byte[] page = reused.length >= room ? reused : new byte[room];
    if (codec == CompressionCodecName.UNCOMPRESSED) {
      file.get(start, page, 0, length);
      return page;
    }
    if (compressed.length < length) {
      compressed = new byte[length];
    }
    file.get(start, compressed, 0, length);
    int got = zstd.decompressByteArray(page, 0, size, compressed, 0, length);
    if (got != size) {
      throw new IOException("a page must have %d bytes, got %d".formatted(size, got));
    }
    return page;
  }

  private int bodyEnd() {
    int length = head.compressedBytes();
    if (length > end - at) {
      throw new IllegalArgumentException("a page goes beyond its column chunk");
    }
    return at + length;
  }
}
