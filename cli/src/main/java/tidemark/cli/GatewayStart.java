package tidemark.cli;

import java.io.PrintStream;
import java.util.function.Consumer;
import tidemark.cli.cluster.GatewayAccess;
import tidemark.cli.cluster.LocalCluster;

/** Makes the gateway run, and tells how it is asked. */
final class GatewayStart {
  private GatewayStart() {}

  /** Leaves a gateway that runs alone. */
  static GatewayAccess ensureRunning(LocalCluster cluster, Consumer<String> progress) {
    boolean wasRunning = cluster.gateway().access().isPresent();
    GatewayAccess access = cluster.gateway().ensureRunning(AgentCommand.DEFAULT_ORG);
    if (!wasRunning) {
      progress.accept(
          "gateway at 127.0.0.1:%d (PostgreSQL) and %s"
              .formatted(access.postgresPort(), access.sqlUri()));
    }
    return access;
  }

  static void tell(GatewayAccess access, PrintStream out) {
    out.println("Ask it:");
    out.println("    ./tidemark sql \"SELECT * FROM freshness\"");
    out.println("    " + access.psql());
    out.println("    " + access.curl());
    out.println("    " + access.jdbcUrl() + " with PGPASSFILE=" + access.passwordFile());
  }
}
