package tidemark.gateway.rules;

/** Where the rules of orgs are known. Thread-safe. */
public interface Rules extends AutoCloseable {
  /** No topic, no rules. */
  Rules OFF =
      new Rules() {
        @Override
        public KnownRules of(String org) {
          return KnownRules.NONE;
        }

        @Override
        public void close() {
          // nothing is open
        }
      };

  /** Those of an org, and of no other. */
  KnownRules of(String org);

  @Override
  void close();
}
