package tidemark.serde.archive;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.apache.commons.codec.digest.MurmurHash3;

/**
 * What one record adds to a checksum. Frozen: manifests hold sums of it. Allocates two arrays of
 * two longs a record. Not thread-safe.
 */
final class RecordHash {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final byte[] place = new byte[4 * Long.BYTES];

  long of(long offset, long timestampMs, byte[] payload, int start, int length) {
    long[] content = MurmurHash3.hash128x64(payload, start, length, 0);
    LONG.set(place, 0, offset);
    LONG.set(place, 8, timestampMs);
    LONG.set(place, 16, content[0]);
    LONG.set(place, 24, content[1]);
    return MurmurHash3.hash128x64(place, 0, place.length, 0)[0];
  }
}
