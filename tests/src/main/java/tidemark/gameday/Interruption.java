package tidemark.gameday;

import tidemark.cli.process.RunEndingException;

/** Ctrl-C or SIGTERM end the processes of a game, too. Closing it takes that back. */
final class Interruption implements AutoCloseable {
  private final Thread hook;

  Interruption(Stage stage) {
    hook = new Thread(stage::takeOverAndEnd, "interruption");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  @Override
  public void close() {
    try {
      boolean unused = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException isShuttingDown) {
      throw new RunEndingException(); // the hook is at work, and has the rest to itself
    }
  }
}
