package tidemark.gameday;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.RecordMetadata;
import tidemark.cli.process.ProcessFailedException;

/**
 * What each record of a load holds and where in its partition it is, for whoever must tell what an
 * epoch covers. Keeps each record until it is taken, some 30 kB for a second of the usual load.
 *
 * <p>Thread-safe. Waits for the broker's answer where it has not come yet.
 */
final class SentRecords {
  private final Map<Integer, Queue<SentRecord>> byPartition = new HashMap<>();

  private record SentRecord(SentRows rows, Future<RecordMetadata> taken) {}

  /** Sends a record, and keeps what it holds before anyone can see that it was sent. */
  synchronized Future<RecordMetadata> send(
      int partition, SentRows rows, Supplier<Future<RecordMetadata>> sending) {
    Future<RecordMetadata> taken = sending.get();
    byPartition
        .computeIfAbsent(partition, absent -> new ArrayDeque<>())
        .add(new SentRecord(rows, taken));
    return taken;
  }

  /** What records below this offset hold, but for those that were taken before. */
  synchronized List<SentRows> takeBelow(int partition, long nextOffset) {
    Queue<SentRecord> records = byPartition.getOrDefault(partition, new ArrayDeque<>());
    List<SentRows> below = new ArrayList<>();
    while (!records.isEmpty() && offset(records.element()) < nextOffset) {
      below.add(records.remove().rows());
    }
    return below;
  }

  private static long offset(SentRecord record) {
    try {
      return record.taken().get().offset();
    } catch (ExecutionException e) {
      throw new ProcessFailedException("the broker did not take a record: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProcessFailedException("interrupted", e);
    }
  }
}
