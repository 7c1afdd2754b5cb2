package tidemark.gateway.query;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;

/**
 * How much of the engine's memory the open answers of each org hold. DuckDB knows one limit for all
 * of an instance; this keeps one org's answers from filling it. Thread-safe; an entry for each org
 * with an open answer.
 */
final class HeldMemory {
  private static final double MIB = 1024.0 * 1024;

  private final long engineBytes;
  private final Map<String, Long> heldByOrg = new HashMap<>();

  /**
   * @param engineBytes memory of the engine
   */
  HeldMemory(long engineBytes) {
    this.engineBytes = engineBytes;
  }

  /** The memory of one answer; closing it twice gives it back once. */
  final class Held implements AutoCloseable {
    private final String org;
    private final long bytes;
    private final AtomicBoolean isGivenBack = new AtomicBoolean();

    private Held(String org, long bytes) {
      this.org = org;
      this.bytes = bytes;
    }

    @Override
    public void close() {
      if (isGivenBack.compareAndSet(false, true)) {
        giveBack(org, bytes);
      }
    }
  }

  /**
   * Counts an answer as the org's.
   *
   * @param share of the engine's memory that the org's open answers may hold, this one among them
   * @throws AskException 53200 if they would hold more
   */
  synchronized Held hold(String org, long bytes, double share) {
    long held = heldByOrg.getOrDefault(org, 0L);
    long most = (long) (engineBytes * share);
    if (held + bytes > most) {
      throw new AskException(
              SqlState.OUT_OF_MEMORY,
              "open answers may hold %.1f MiB, this one takes %.1f MiB and others %.1f MiB"
                  .formatted(most / MIB, bytes / MIB, held / MIB))
          .withHint("ask for fewer rows or columns, or close other answers first");
    }
    heldByOrg.put(org, held + bytes);
    return new Held(org, bytes);
  }

  private synchronized void giveBack(String org, long bytes) {
    heldByOrg.computeIfPresent(org, (key, held) -> held == bytes ? null : held - bytes);
  }

  /** Of all orgs. */
  synchronized long bytes() {
    return heldByOrg.values().stream().mapToLong(Long::longValue).sum();
  }
}
