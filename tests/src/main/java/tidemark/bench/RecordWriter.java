package tidemark.bench;

/** Bytes of the records of a {@link Workload}, one after the other. Not thread-safe. */
public interface RecordWriter {
  /**
   * @param group of series, below {@link Workload#groups}
   * @param slice of the window's points, below {@link Workload#slices}
   */
  byte[] record(int group, int window, int slice);

  static RecordWriter of(Workload workload) {
    return workload.is(Trait.OTLP) ? new OtlpRecords(workload) : new NativeRecords(workload);
  }
}
