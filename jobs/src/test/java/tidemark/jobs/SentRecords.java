package tidemark.jobs;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import org.apache.commons.codec.digest.MurmurHash3;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import tidemark.operators.IntakeRecord;
import tidemark.serde.archive.ArchivedRecord;
import tidemark.serde.archive.PartitionSummary;
import tidemark.serde.wire.IntakeHeaders;

/** Records of every kind, as they were sent in transactions, with the offsets that Kafka gave. */
final class SentRecords {
  /** Of the largest record: more than a fetch of one partition asks for. */
  static final int MAX_BYTES = 4 << 20;

  private static final int PER_TRANSACTION = 40;

  private final List<ArchivedRecord> all = new ArrayList<>();
  private final Random random;
  private final GeneratedInput input;

  SentRecords(long seed) {
    random = new Random(seed);
    input = new GeneratedInput(seed);
  }

  List<ArchivedRecord> all() {
    return all;
  }

  /**
   * Sends, a very large one first; each transaction leaves a marker in each of its partitions. The
   * topic must take records of {@link #MAX_BYTES}.
   */
  void send(String bootstrapServers, String topic, int partitions, int count) throws Exception {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "transactional.id",
            "test",
            "max.request.size",
            MAX_BYTES);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      for (int done = 0; done < count; done += PER_TRANSACTION) {
        producer.beginTransaction();
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        List<Future<RecordMetadata>> answers = new ArrayList<>();
        for (int i = 0; i < PER_TRANSACTION; i++) {
          int partition = random.nextInt(partitions);
          ProducerRecord<byte[], byte[]> record =
              done + i == 0 ? large(topic, partition) : record(topic, partition);
          records.add(record);
          answers.add(producer.send(record));
        }
        producer.commitTransaction();
        for (int i = 0; i < records.size(); i++) {
          all.add(archived(records.get(i), answers.get(i).get()));
        }
      }
    }
  }

  private ProducerRecord<byte[], byte[]> record(String topic, int partition) {
    RecordHeaders headers = new RecordHeaders();
    byte[] value = null;
    switch (random.nextInt(5)) {
      case 0 -> {} // a tombstone
      case 1 -> value = bytes(200); // garbage
      default -> {
        IntakeRecord made = input.record(random.nextInt(10_000));
        value = made.value();
        headers.add(IntakeHeaders.FORMAT, made.format().getBytes(StandardCharsets.UTF_8));
      }
    }
    if (random.nextInt(3) == 0) {
      headers.add("größe", bytes(9));
      headers.add("größe", null);
      headers.add(IntakeHeaders.ORG, "acme".getBytes(StandardCharsets.UTF_8));
    }
    byte[] key = random.nextBoolean() ? bytes(5) : null;
    return new ProducerRecord<>(topic, partition, 1_000L + random.nextInt(9), key, value, headers);
  }

  private ProducerRecord<byte[], byte[]> large(String topic, int partition) {
    byte[] garbage = new byte[MAX_BYTES - (1 << 10)];
    random.nextBytes(garbage);
    return new ProducerRecord<>(topic, partition, 1_000L, null, garbage);
  }

  private byte[] bytes(int most) {
    byte[] bytes = new byte[random.nextInt(most)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static ArchivedRecord archived(
      ProducerRecord<byte[], byte[]> record, RecordMetadata answer) {
    List<ArchivedRecord.Header> headers = new ArrayList<>();
    record
        .headers()
        .forEach(each -> headers.add(new ArchivedRecord.Header(each.key(), each.value())));
    return new ArchivedRecord(
        record.topic(),
        answer.partition(),
        answer.offset(),
        record.timestamp(),
        0,
        record.key(),
        headers,
        record.value());
  }

  /** Of the records that were sent into a range, by the definition of the format. */
  PartitionSummary summary(String topic, int partition, long from, long to) throws IOException {
    long records = 0;
    long payloadBytes = 0;
    long checksum = 0;
    for (ArchivedRecord record : all) {
      if (record.partition() == partition && record.offset() >= from && record.offset() < to) {
        byte[] payload = payload(record);
        long[] hash = MurmurHash3.hash128x64(payload, 0, payload.length, 0);
        ByteBuffer whole = ByteBuffer.allocate(32);
        whole.putLong(record.offset()).putLong(record.timestampMs());
        whole.putLong(hash[0]).putLong(hash[1]);
        records++;
        payloadBytes += payload.length;
        checksum += MurmurHash3.hash128x64(whole.array(), 0, 32, 0)[0];
      }
    }
    return new PartitionSummary(topic, partition, from, to, records, payloadBytes, checksum);
  }

  private static byte[] payload(ArchivedRecord record) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeByte(record.timestampType());
    put(record.key(), out);
    for (ArchivedRecord.Header header : record.headers()) {
      put(header.key().getBytes(StandardCharsets.UTF_8), out);
      put(header.value(), out);
    }
    out.writeByte(0);
    put(record.value(), out);
    return bytes.toByteArray();
  }

  private static void put(byte[] bytes, DataOutputStream out) throws IOException {
    int number = bytes == null ? 0 : bytes.length + 1;
    for (; number >= 0x80; number >>>= 7) {
      out.writeByte((number & 0x7F) | 0x80);
    }
    out.writeByte(number);
    if (bytes != null) {
      out.write(bytes);
    }
  }
}
