package tidemark.state;

/**
 * Why a record or a point was not taken. The label is what dead letters, metrics and commit
 * summaries say: append only, never rename.
 */
public enum Refusal {
  /** Not the format it claims to be: truncated, wrong field types, inconsistent columns. */
  MALFORMED("malformed"),
  /** No bytes at all. */
  EMPTY("empty"),
  /** A format or version that this build does not read. */
  UNKNOWN_FORMAT("unknown-format"),
  /** More bytes than the limit for one record. */
  OVERSIZED("oversized"),
  /** Neither the record nor the configuration names an org, or its name is not usable. */
  NO_ORG("no-org"),
  /** A heartbeat that claims a time later than its own record's. */
  BAD_HEARTBEAT("bad-heartbeat"),
  INVALID_UTF8("invalid-utf8"),
  EMPTY_NAME("empty-name"),
  NAME_TOO_LONG("name-too-long"),
  TOO_MANY_TAGS("too-many-tags"),
  TAG_TOO_LONG("tag-too-long"),
  EMPTY_TAG("empty-tag"),
  /** One tag key twice in a series. */
  DUPLICATE_TAG("duplicate-tag"),
  /** NaN or an infinity. */
  NOT_FINITE("not-finite"),
  /** A magnitude that an exact sum could not hold. */
  OUT_OF_RANGE("out-of-range"),
  NEGATIVE_TIMESTAMP("negative-timestamp"),
  /** Later than the record's broker time by more than the allowed skew. */
  FUTURE_TIMESTAMP("future-timestamp"),
  /** Older than the record's broker time by more than the allowed age. */
  TOO_OLD("too-old"),
  /** A new series beyond what its org may have. */
  SERIES_BUDGET("series-budget"),
  /** An OTLP sum with cumulative temporality, or a cumulative histogram. */
  CUMULATIVE_TEMPORALITY("cumulative-temporality"),
  /** An OTLP histogram with explicit bounds. */
  EXPLICIT_HISTOGRAM("explicit-histogram"),
  /** An OTLP summary. */
  SUMMARY("summary"),
  /** An OTLP metric without data, or of a kind that did not exist when this was written. */
  UNKNOWN_METRIC_KIND("unknown-metric-kind"),
  /** An OTLP histogram whose sum is absent, so that no exact sum can be kept. */
  MISSING_SUM("missing-sum"),
  /** An OTLP histogram whose bucket counts do not add up, or whose scale is out of range. */
  BAD_HISTOGRAM("bad-histogram"),
  /** A metric that is named as only coarser series of rules are. */
  RESERVED_NAME("reserved-name");

  private final String label;

  Refusal(String label) {
    this.label = label;
  }

  public String label() {
    return label;
  }
}
