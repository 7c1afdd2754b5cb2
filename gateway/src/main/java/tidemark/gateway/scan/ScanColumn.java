package tidemark.gateway.scan;

/** What of a row's values a scan is to merge. */
public enum ScanColumn {
  COUNT,
  /** Exact, with what double arithmetic leaves over. */
  SUM,
  MIN,
  MAX,
  /** The newest value, and when it was. */
  LAST,
  SKETCH,
  SKETCH_ERROR
}
