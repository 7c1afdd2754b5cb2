package tidemark.bench;

/**
 * One point as a plain job has it: a Flink POJO, hence public fields and a mutable class.
 *
 * <p>{@code series} is the metric and its tags as one text.
 */
public final class PlainPoint {
  public String series = "";
  public long timestampMs;
  public double value;
}
