package tidemark.bench;

/** One window of one series as a plain job has it: accumulator and result, a Flink POJO. */
public final class PlainRow {
  public String series = "";
  public long windowStartMs;
  public long count;
  public double sum;
  public double min = Double.POSITIVE_INFINITY;
  public double max = Double.NEGATIVE_INFINITY;
  public double last;
  public long lastMs = Long.MIN_VALUE;
}
