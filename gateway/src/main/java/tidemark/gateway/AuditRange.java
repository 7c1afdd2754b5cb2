package tidemark.gateway;

import java.time.Instant;
import java.util.Optional;

/**
 * Times of windows.
 *
 * @param fromMs first start, epoch ms; never negative, for no admitted point is older
 * @param toMs end, exclusive; {@link #NO_END} if there is none
 */
record AuditRange(long fromMs, long toMs) {
  static final long NO_END = Long.MAX_VALUE;
  static final AuditRange ALL = new AuditRange(0, NO_END);
  static final long MINUTE_MS = 60_000L;
  static final long HOUR_MS = 3_600_000L;

  AuditRange {
    fromMs = Math.max(0, fromMs);
  }

  /** The whole minutes that a request asks for, or the hour before {@code nowMs}. */
  static AuditRange of(Optional<Instant> from, Optional<Instant> to, long nowMs) {
    long fromMs = from.map(Instant::toEpochMilli).orElse(Math.max(0, nowMs - HOUR_MS));
    long toMs = to.map(Instant::toEpochMilli).orElse(NO_END);
    return new AuditRange(floor(fromMs, MINUTE_MS), ceiling(toMs, MINUTE_MS));
  }

  /** All of the hours that the range has a part in. */
  AuditRange hours() {
    return new AuditRange(floor(fromMs, HOUR_MS), ceiling(toMs, HOUR_MS));
  }

  /** What of it is not before that time. */
  AuditRange since(long ms) {
    return new AuditRange(Math.max(fromMs, ms), toMs);
  }

  private static long floor(long ms, long unit) {
    return Math.floorDiv(ms, unit) * unit;
  }

  private static long ceiling(long ms, long unit) {
    return ms > NO_END - unit ? NO_END : floor(ms + unit - 1, unit);
  }

  Instant from() {
    return Instant.ofEpochMilli(fromMs);
  }

  Instant to() {
    return toMs == NO_END ? Instant.MAX : Instant.ofEpochMilli(toMs);
  }
}
