package tidemark.serde.flink;

/**
 * Names a run: some of the partials of one key group's open window, as they were written together.
 *
 * @param windowStartMs start of the window, epoch ms
 * @param run number of the run within the window, from 0
 */
public record RunKey(long windowStartMs, int run) {

  @Override
  public int hashCode() {
    return Long.hashCode(windowStartMs) * 31 + run;
  }
}
