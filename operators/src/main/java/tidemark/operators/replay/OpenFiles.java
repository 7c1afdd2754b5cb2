package tidemark.operators.replay;

import java.io.Closeable;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import tidemark.serde.archive.ArchiveReader;
import tidemark.serde.archive.ReadBuffers;

/**
 * The files that were read last, with their indexes: partitions of one task mostly stand in the
 * same ones. At most {@value #MAX_FILES}, hence as many indexes at some 150 bytes a block.
 */
final class OpenFiles implements Closeable {
  private static final int MAX_FILES = 8;

  /** Opens a file for the first time. */
  interface Opener {
    ArchiveReader open(ArchiveSplit.Range range, ReadBuffers buffers) throws IOException;
  }

  private final Opener opener;
  private final ReadBuffers buffers;
  private final Map<String, ArchiveReader> readers = new LinkedHashMap<>(16, 0.75f, true);

  OpenFiles(Opener opener, ReadBuffers buffers) {
    this.opener = opener;
    this.buffers = buffers;
  }

  /** The reader of a range's file; valid until as many others were asked for. */
  ArchiveReader reader(ArchiveSplit.Range range) throws IOException {
    ArchiveReader known = readers.get(range.file());
    if (known != null) {
      return known;
    }
    if (readers.size() == MAX_FILES) {
      Iterator<ArchiveReader> eldest = readers.values().iterator();
      ArchiveReader closing = eldest.next();
      eldest.remove();
      closing.close();
    }
    ArchiveReader opened = opener.open(range, buffers);
    readers.put(range.file(), opened);
    return opened;
  }

  @Override
  public void close() throws IOException {
    for (ArchiveReader reader : readers.values()) {
      reader.close();
    }
    readers.clear();
  }
}
