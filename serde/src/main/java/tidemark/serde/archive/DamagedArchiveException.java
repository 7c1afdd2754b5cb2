package tidemark.serde.archive;

import java.io.IOException;

/** An archive file, or a part of it, is not what was written: cut, changed, or no such file. */
public final class DamagedArchiveException extends IOException {
  private static final long serialVersionUID = 1L;

  DamagedArchiveException(String location, long position, String what) {
    this(location, position, what, null);
  }

  DamagedArchiveException(String location, long position, String what, Throwable cause) {
    super(
        "archive file %s is damaged at position %d: %s; take it from a copy, or from Kafka"
            .formatted(location, position, what),
        cause);
  }
}
