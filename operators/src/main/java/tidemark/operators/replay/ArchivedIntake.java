package tidemark.operators.replay;

import tidemark.operators.IntakeRecord;
import tidemark.serde.archive.RecordCursor;
import tidemark.serde.wire.IntakeHeaders;

/**
 * Archived records as the intake once read them from Kafka: one object that shows what a cursor
 * shows, so that nothing is allocated or copied for a record.
 */
final class ArchivedIntake {
  private final String defaultFormat;
  private final String defaultOrg;
  private final IntakeRecord record = IntakeRecord.reusable();

  ArchivedIntake(String defaultFormat, String defaultOrg) {
    this.defaultFormat = defaultFormat;
    this.defaultOrg = defaultOrg;
  }

  /** The record that the cursor shows; valid until the cursor goes on. A tombstone is empty. */
  IntakeRecord of(RecordCursor cursor) {
    int start = cursor.valueStart();
    int length = Math.max(0, cursor.valueLength());
    String format = cursor.lastHeader(IntakeHeaders.FORMAT, defaultFormat);
    record.show(cursor.array(), start, length);
    record.describe(
        cursor.topic(),
        cursor.partition(),
        cursor.offset(),
        cursor.timestampMs(),
        format,
        cursor.lastHeader(IntakeHeaders.ORG, defaultOrg),
        format.equals(IntakeHeaders.HEARTBEAT)
            ? IntakeRecord.heartbeatOf(cursor.array(), start, length, cursor.timestampMs())
            : IntakeRecord.NO_HEARTBEAT);
    return record;
  }
}
