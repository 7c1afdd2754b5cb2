package tidemark.gateway.verdicts;

/** Where verdicts come from. */
public interface VerdictSource {
  /** From nowhere. */
  VerdictSource OFF =
      new VerdictSource() {
        @Override
        public int maxRows() {
          return 1;
        }

        @Override
        public Reading read(VerdictRows rows) {
          return Reading.NONE;
        }
      };

  /** A source that is being read. Thread-safe. */
  interface Reading extends AutoCloseable {
    /** Nothing is. */
    Reading NONE =
        new Reading() {
          @Override
          public boolean isAlive() {
            return true;
          }

          @Override
          public long unreadable() {
            return 0;
          }

          @Override
          public void close() {
            // nothing is open
          }
        };

    /** Whether it still is. */
    boolean isAlive();

    /** Records that were none, or could not be kept. */
    long unreadable();

    @Override
    void close();
  }

  /** Rows that are kept at most. */
  int maxRows();

  /** Begins to write into the rows. */
  Reading read(VerdictRows rows);

  /** A Kafka topic, from its beginning. */
  static VerdictSource kafka(String bootstrapServers, String topic, int maxRows) {
    return new VerdictSource() {
      @Override
      public int maxRows() {
        return maxRows;
      }

      @Override
      public Reading read(VerdictRows rows) {
        return VerdictReader.start(bootstrapServers, topic, rows);
      }
    };
  }
}
