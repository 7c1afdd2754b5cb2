package tidemark.operators.replay;

import tidemark.operators.IntakeRecord;
import tidemark.serde.archive.RecordCursor;
import tidemark.serde.wire.IntakeHeaders;

/** Archived records as the intake once read them from Kafka. */
final class ArchivedIntake {
  private static final byte[] NO_BYTES = {};

  private final String defaultFormat;
  private final String defaultOrg;

  ArchivedIntake(String defaultFormat, String defaultOrg) {
    this.defaultFormat = defaultFormat;
    this.defaultOrg = defaultOrg;
  }

  /** The record that the cursor shows. */
  IntakeRecord of(RecordCursor cursor) {
    byte[] value = cursor.valueLength() < 0 ? NO_BYTES : cursor.value();
    String format = cursor.lastHeader(IntakeHeaders.FORMAT, defaultFormat);
    return new IntakeRecord(
        cursor.topic(),
        cursor.partition(),
        cursor.offset(),
        cursor.timestampMs(),
        format,
        cursor.lastHeader(IntakeHeaders.ORG, defaultOrg),
        format.equals(IntakeHeaders.HEARTBEAT)
            ? IntakeRecord.heartbeatOf(value, cursor.timestampMs())
            : IntakeRecord.NO_HEARTBEAT,
        value);
  }
}
