package tidemark.serde.manifest;

/** A topic was deleted and made anew under its old name: its offsets mean other records now. */
public final class TopicReplacedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TopicReplacedException(String topic, String archived, String found) {
    super(
        ("topic %s is another one than the topic of that name in the archive: Kafka's id is %s, and"
                + " %s there, so the same offsets are other records; archive it under another name,"
                + " or give this archive a catalog name and a folder of its own")
            .formatted(topic, found, archived));
  }
}
