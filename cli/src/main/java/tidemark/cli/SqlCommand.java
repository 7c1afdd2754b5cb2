package tidemark.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tidemark.cli.cluster.GatewayAccess;
import tidemark.cli.process.ProcessFailedException;
import tidemark.cli.sql.SqlClient;
import tidemark.cli.sql.SqlQuestion;
import tidemark.cli.sql.SqlRefusedException;
import tidemark.cli.sql.TextTable;

/** Asks the gateway, as any client may. */
@Command(
    name = "sql",
    mixinStandardHelpOptions = true,
    description = {
      "Answer a SELECT over all data, stored or just come.",
      "The line below the rows tells what they reflect. SHOW TABLES lists what can be asked."
    })
final class SqlCommand implements Callable<Integer> {
  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final String STANDARD_INPUT = "-";

  /** How an answer looks. */
  enum Format {
    table,
    csv,
    json
  }

  private final Workspace workspace;

  @Parameters(paramLabel = "SQL", description = "One statement; - reads it from standard input.")
  private String sql;

  @Option(
      names = "--as-of",
      paramLabel = "TIME|EPOCH",
      description =
          "Answer from the tables as they were then: a time in UTC, or an epoch's number.")
  private String asOf = "";

  @Option(names = "--wait", description = "Wait until every window that is asked for is complete.")
  private boolean isWaiting;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private Format format = Format.table;

  SqlCommand(Workspace workspace) {
    this.workspace = workspace;
  }

  @Override
  public Integer call() throws IOException {
    SqlClient client = new SqlClient(gateway());
    String statement =
        sql.equals(STANDARD_INPUT) ? new String(System.in.readAllBytes(), UTF_8) : sql;
    SqlQuestion question = new SqlQuestion(statement, settings());
    try {
      switch (format) {
        case table -> TextTable.print(client.ask(question), System.out);
        case csv -> client.copyCsv(question, System.out);
        case json -> {
          client.copyJson(question, System.out);
          System.out.println();
        }
      }
      return OK;
    } catch (SqlRefusedException e) {
      System.out.flush();
      System.err.print(e.describe(statement));
      return FAILED;
    }
  }

  private GatewayAccess gateway() {
    return workspace
        .cluster(line -> {})
        .gateway()
        .access()
        .orElseThrow(
            () ->
                new ProcessFailedException(
                    "no gateway runs in %s: start it with tidemark up".formatted(workspace.run())));
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    if (!asOf.isEmpty()) {
      settings.put(SqlQuestion.AS_OF, asOf);
    }
    if (isWaiting) {
      settings.put(SqlQuestion.WAIT_COMPLETE, "on");
    }
    return settings;
  }
}
