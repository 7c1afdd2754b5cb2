package tidemark.gateway.rules;

import java.util.List;

/** Where the rules and monitors of orgs are known. Thread-safe. */
public interface Rules extends AutoCloseable {
  /** No topic, no rules. */
  Rules OFF =
      new Rules() {
        @Override
        public KnownRules of(String org) {
          return KnownRules.NONE;
        }

        @Override
        public List<MonitorSpan> monitorsOf(String org) {
          return List.of();
        }

        @Override
        public int unreadable() {
          return 0;
        }

        @Override
        public void close() {
          // nothing is open
        }
      };

  /** Those of an org, and of no other. */
  KnownRules of(String org);

  /** All versions of the monitors of an org, and of no other. */
  List<MonitorSpan> monitorsOf(String org);

  /** Records that were read and do not count. */
  int unreadable();

  @Override
  void close();
}
