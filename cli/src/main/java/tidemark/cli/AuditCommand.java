package tidemark.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import tidemark.cli.process.ProcessFailedException;
import tidemark.gateway.AuditCommandLine;
import tidemark.gateway.AuditRequest;
import tidemark.gateway.GatewayException;

/** Proves that no point is missing and none counted twice. */
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    description = {
      "Prove that every accepted point is stored or in an open window.",
      "Compares, per org and minute, the points accepted, rolled up and stored; the coarser tiers "
          + "with the finer ones; and follows the chain of commits. Looks at the hour before the "
          + "watermark unless told otherwise. Exit code 1 if anything differs, with the stage and "
          + "the first commit."
    })
final class AuditCommand implements Callable<Integer> {
  private final Workspace workspace;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      converter = Times.class,
      description = "First minute, such as 2026-03-01T10:00:00Z.")
  private Instant from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      converter = Times.class,
      description = "End of the minutes, exclusive.")
  private Instant to;

  @Option(names = "--all", description = "All that is stored.")
  private boolean isAll;

  @Option(
      names = "--branch",
      paramLabel = "NAME",
      defaultValue = AuditRequest.MAIN,
      description = "Branch of the tables; ${DEFAULT-VALUE} unless given.")
  private String branch;

  @Option(names = "--deep", description = "Compare merged sketches by their bytes, too: slow.")
  private boolean isDeep;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean isJson;

  AuditCommand(Workspace workspace) {
    this.workspace = workspace;
  }

  @Override
  public Integer call() {
    Instant start = isAll && from == null ? Instant.EPOCH : from;
    AuditRequest request;
    try {
      request =
          new AuditRequest(
              Optional.ofNullable(start),
              Optional.ofNullable(to),
              branch,
              isDeep ? AuditRequest.Sketches.BYTES : AuditRequest.Sketches.COUNTS);
    } catch (GatewayException e) {
      throw new ProcessFailedException(e.getMessage());
    }
    return AuditCommandLine.run(
        request,
        isJson ? AuditCommandLine.Form.JSON : AuditCommandLine.Form.TEXT,
        workspace.runningCluster().catalogProperties(),
        System.out,
        System.err);
  }

  /** Times as ISO-8601 writes them in UTC. */
  static final class Times implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String text) {
      try {
        return Instant.parse(text);
      } catch (DateTimeException e) {
        throw new TypeConversionException(
            "expected a time such as 2026-03-01T10:00:00Z, got " + text);
      }
    }
  }
}
