package tidemark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;
import tidemark.operators.DeadLetter;

class DeadLetterWriterTest {
  private static final byte[] VALUE = {1, 2, 3, 4, 5};

  @Test
  void carriesTheRecordAndWhereItCameFrom() {
    ProducerRecord<byte[], byte[]> record = write(5);
    assertThat(record.topic()).isEqualTo("letters");
    assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo("points/3/42");
    assertThat(record.value()).isEqualTo(VALUE);
    assertThat(headers(record))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "tidemark-reason", "not-finite:2",
                "tidemark-stage", "admit",
                "tidemark-source-topic", "points",
                "tidemark-source-partition", "3",
                "tidemark-source-offset", "42",
                "tidemark-refused-points", "2"));
  }

  @Test
  void cutsWhatTheTopicWouldRefuseAndSaysSo() {
    ProducerRecord<byte[], byte[]> record = write(4);
    assertThat(record.value()).containsExactly(1, 2, 3, 4);
    assertThat(headers(record)).containsEntry("tidemark-value-bytes", "5");
  }

  private static ProducerRecord<byte[], byte[]> write(int maxBytes) {
    DeadLetter letter = new DeadLetter("points", 3, 42, "admit", "not-finite:2", 2, VALUE);
    return new DeadLetterWriter("letters", maxBytes).serialize(letter, null, null);
  }

  private static Map<String, String> headers(ProducerRecord<byte[], byte[]> record) {
    Map<String, String> headers = new TreeMap<>();
    for (Header header : record.headers()) {
      headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
    }
    return headers;
  }
}
