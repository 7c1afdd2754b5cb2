package tidemark.gateway.scan;

/**
 * Which cell a group and a time have: steps of time from the first to the last that may be read, a
 * row of them for each group.
 */
final class ScanGrid {
  private final long firstMs;
  private final long stepMs;
  private final long firstStep;
  private final long stepMicros;
  private final long originMicros;
  private final double perMicro;
  private final long steps;
  private final int groups;

  ScanGrid(ScanRequest request) {
    this(request.firstMs(), request.lastMs(), request.stepMs(), request.groups().size());
  }

  /**
   * @param firstMs first time that may be asked for
   * @param lastMs last one; below the first if there is none
   * @param stepMs length of a step, or 0 for one step of all times
   */
  ScanGrid(long firstMs, long lastMs, long stepMs, int groups) {
    this.firstMs = firstMs;
    this.stepMs = stepMs;
    this.groups = groups;
    if (lastMs < firstMs) {
      steps = 0;
      firstStep = 0;
    } else if (stepMs == 0) {
      steps = 1;
      firstStep = 0;
    } else {
      firstStep = Math.floorDiv(firstMs, stepMs);
      steps = Math.floorDiv(lastMs, stepMs) - firstStep + 1;
    }
    stepMicros = Math.multiplyExact(stepMs, 1000L);
    originMicros = Math.multiplyExact(Math.multiplyExact(firstStep, stepMs), 1000L);
    perMicro = stepMs == 0 ? 0 : 1.0 / stepMicros;
  }

  /** How many; may be more than an array can have. */
  long cells() {
    return Math.multiplyExact(steps, groups);
  }

  /** The cell of a time that may be read. */
  int cell(int group, long windowStartMicros) {
    if (stepMs == 0) {
      return group;
    }
    // a multiplication, mended where it rounded, costs a fifth of a division
    long offset = windowStartMicros - originMicros;
    long step = (long) (offset * perMicro);
    if (step * stepMicros > offset) {
      step--;
    } else if ((step + 1) * stepMicros <= offset) {
      step++;
    }
    return (int) (group * steps + step);
  }

  int group(int cell) {
    return (int) (cell / steps);
  }

  /** A time in the cell's step that meets the bounds asked for. */
  long windowStartMs(int cell) {
    return stepMs == 0 ? firstMs : Math.max(firstMs, (firstStep + cell % steps) * stepMs);
  }
}
