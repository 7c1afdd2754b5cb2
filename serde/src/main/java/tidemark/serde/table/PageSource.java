package tidemark.serde.table;

import com.github.luben.zstd.ZstdDecompressCtx;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * The pages of one column chunk after the other, in a mapped file. Not thread-safe; one
 * decompressor serves all columns of a reader.
 */
final class PageSource extends InputStream {
  private final ZstdDecompressCtx zstd;
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
  PageHeader header() throws IOException {
    return Util.readPageHeader(this);
  }

  void skipBody(PageHeader header) {
    at = bodyEnd(header);
  }

  /** The page's bytes, in the given array if it is long enough. */
  byte[] body(PageHeader header, byte[] reused) throws IOException {
    int size = header.getUncompressed_page_size();
    int start = at;
    int length = header.getCompressed_page_size();
    at = bodyEnd(header);
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

  private int bodyEnd(PageHeader header) {
    int length = header.getCompressed_page_size();
    if (length < 0 || length > end - at) {
      throw new IllegalArgumentException("a page goes beyond its column chunk");
    }
    return at + length;
  }

  @Override
  public int read() {
    return at < end ? file.get(at++) & 0xFF : -1;
  }

  @Override
  public int read(byte[] target, int from, int count) {
    if (at >= end) {
      return -1;
    }
    int taken = Math.min(count, end - at);
    file.get(at, target, from, taken);
    at += taken;
    return taken;
  }
}
