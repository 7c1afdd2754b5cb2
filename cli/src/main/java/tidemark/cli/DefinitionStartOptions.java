package tidemark.cli;

import java.time.Duration;
import java.time.Instant;
import picocli.CommandLine.Option;
import tidemark.cli.definition.DefinitionChange;

/** From when on a change counts. */
final class DefinitionStartOptions {
  @Option(
      names = "--lead",
      paramLabel = "DURATION",
      converter = Durations.class,
      description =
          "A change counts from the first full minute after now and this long: 15s, 5m. Default: 15s.")
  private Duration lead = Duration.ofSeconds(15);

  @Option(
      names = "--from",
      paramLabel = "TIME",
      converter = AuditCommand.Times.class,
      description = {
        "Count from this time on instead, in UTC: 2026-03-01T10:00:00Z. One that is past becomes "
            + "the next full 10 s."
      })
  private Instant from;

  /** Epoch ms. */
  long fromMs() {
    return from == null
        ? DefinitionChange.fromMs(System.currentTimeMillis(), lead.toMillis())
        : from.toEpochMilli();
  }
}
