package tidemark.serde.flink;

import java.util.Arrays;
import java.util.Objects;
import tidemark.state.SeriesIdentity;

/**
 * What the watch stage remembers of one group of one version of a monitor. All times are epoch ms;
 * {@link #NONE} stands for none.
 *
 * @param series in which the group's points are gathered
 * @param beginMs windows that start before it are not judged
 * @param nextEndMs end of the first window that was not complete yet
 * @param touchedFromMs start of the first pane that has changed since the group was judged
 * @param touchedToMs start of the last one; {@link Long#MAX_VALUE} if the group's life has changed
 * @param provisionalEndMs end of the latest window of which something was said before its end
 * @param oldestBlockMs start of the first block of panes in state
 * @param oldestJudgedMs end of the first window whose last word is in state
 * @param newestJudgedMs end of the last one
 * @param paneTimes {@link tidemark.state.monitor.PaneTimes#toLongs}
 */
@SuppressWarnings("ArrayRecordComponent") // copied in and out, compared by content
public record GroupState(
    SeriesIdentity series,
    long beginMs,
    long nextEndMs,
    long touchedFromMs,
    long touchedToMs,
    long provisionalEndMs,
    long oldestBlockMs,
    long oldestJudgedMs,
    long newestJudgedMs,
    long[] paneTimes) {
  public static final long NONE = Long.MIN_VALUE;

  public GroupState {
    Objects.requireNonNull(series, "series");
    paneTimes = paneTimes.clone();
  }

  @Override
  public long[] paneTimes() {
    return paneTimes.clone();
  }

  private long[] times() {
    return new long[] {
      beginMs,
      nextEndMs,
      touchedFromMs,
      touchedToMs,
      provisionalEndMs,
      oldestBlockMs,
      oldestJudgedMs,
      newestJudgedMs
    };
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GroupState that
        && series.equals(that.series)
        && Arrays.equals(times(), that.times())
        && Arrays.equals(paneTimes, that.paneTimes);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * series.hashCode() + Arrays.hashCode(times())) + Arrays.hashCode(paneTimes);
  }

  @Override
  public String toString() {
    return "GroupState[%s, next end %d ms]".formatted(series, nextEndMs);
  }
}
