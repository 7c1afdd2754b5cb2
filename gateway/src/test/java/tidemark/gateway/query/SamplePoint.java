package tidemark.gateway.query;

/** A point of a sample world. */
record SamplePoint(SampleSeries series, long timeMs, double value) {
  long windowStartMs(int tierSeconds) {
    return Math.floorDiv(timeMs, tierSeconds * 1000L) * tierSeconds * 1000L;
  }
}
