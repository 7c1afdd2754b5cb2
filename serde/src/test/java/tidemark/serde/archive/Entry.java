package tidemark.serde.archive;

/** A record, and what a writer is told of it. */
record Entry(ArchivedRecord record, String org, boolean isHeartbeat, long earliestMs, long latestMs)
    implements RecordFacts {

  static Entry of(ArchivedRecord record, String org, long earliestMs, long latestMs) {
    return new Entry(record, org, false, earliestMs, latestMs);
  }

  static Entry unreadable(ArchivedRecord record, String org) {
    return new Entry(record, org, false, ANY_EARLIEST_MS, ANY_LATEST_MS);
  }

  static Entry heartbeat(ArchivedRecord record) {
    return new Entry(record, "", true, ANY_EARLIEST_MS, ANY_LATEST_MS);
  }

  /** Which record it is, for comparing sets of them. */
  String place() {
    return record.topic() + "/" + record.partition() + "/" + record.offset();
  }
}
