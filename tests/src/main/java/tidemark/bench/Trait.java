package tidemark.bench;

import java.util.Locale;

/** What a {@link Workload} may be beside its size. Labels stand on command lines. */
public enum Trait {
  /** Records are OTLP requests, one resource per host, instead of native batches. */
  OTLP,
  /** Gauges only, instead of gauges and counters in turn. */
  GAUGES,
  /** Distributions only. */
  DISTRIBUTIONS,
  /** One series in ten has as many points as it can, the other nine have one per window. */
  SKEWED,
  /** A record holds one point of each of its series, instead of all points of a window. */
  SPREAD,
  /** One series has half of the points of each record. */
  HOT;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Trait ofLabel(String label) {
    for (Trait trait : values()) {
      if (trait.label().equals(label)) {
        return trait;
      }
    }
    throw new IllegalArgumentException(
        "trait must be otlp, gauges, distributions, skewed, spread or hot, got " + label);
  }
}
