package tidemark.gameday;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class EpochAnswersTest {
  private static final Series SERIES = Series.ofNumber(0);

  private final SentRecords records = new SentRecords();
  private final EpochAnswers answers = new EpochAnswers(records);

  @Test
  void anEpochHasTheRecordsBelowItsOffsets() {
    send(0, 5, 1_000, 1.5);
    send(0, 7, 2_000, 2);
    send(1, 0, 3_000, 4);
    assertThat(answers.at(Map.of(0, 7L, 1, 0L), 9_999)).isEqualTo(Map.of(tier(10), answer(1, 1.5)));
    assertThat(answers.at(Map.of(0, 8L, 1, 1L), 9_999)).isEqualTo(Map.of(tier(10), answer(3, 7.5)));
  }

  @Test
  void aWindowIsThereWhenTheWatermarkHasReachedItsLastMillisecond() {
    send(0, 0, 59_000, 1);
    Map<Integer, Long> all = Map.of(0, 1L);
    assertThat(answers.at(all, 59_998)).isEmpty();
    assertThat(answers.at(all, 59_999))
        .isEqualTo(Map.of(tier(10), answer(1, 1), tier(60), answer(1, 1)));
    assertThat(answers.at(all, 3_599_999)).containsEntry(tier(3600), answer(1, 1));
  }

  @Test
  void eachRowsSumIsRoundedBeforeTheyAreAddedUp() {
    send(0, 0, 1_000, 1e16);
    send(0, 1, 2_000, 1);
    send(0, 2, 11_000, 1);
    assertThat(answers.at(Map.of(0, 3L), 59_999))
        .isEqualTo(Map.of(tier(10), answer(3, 1e16), tier(60), answer(3, 1e16 + 2)));
  }

  private void send(int partition, long offset, long timestampMs, double value) {
    SentRows rows = new SentRows();
    rows.add(SERIES, timestampMs, value);
    RecordMetadata taken =
        new RecordMetadata(new TopicPartition("points", partition), offset, 0, 0, 0, 0);
    Future<RecordMetadata> unused =
        records.send(partition, rows, () -> CompletableFuture.completedFuture(taken));
  }

  private static EpochAnswers.Part tier(int seconds) {
    return new EpochAnswers.Part(seconds, SERIES.org());
  }

  private static EpochAnswers.Answer answer(long count, double sum) {
    return new EpochAnswers.Answer(count, sum);
  }
}
