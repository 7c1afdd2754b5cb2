package tidemark.cli.process;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Waiting by asking again, with a limit, for something that other processes do.
 *
 * <p>{@code check} runs before each question and ends the wait by throwing, which is how a command
 * that is interrupted lets go of what it waits for.
 *
 * @param limit how long to ask before giving up
 * @param pause between two questions
 * @param check throws if the wait has lost its purpose
 */
public record Waiting(Duration limit, Duration pause, Runnable check) {
  public Waiting {
    if (limit.isNegative() || limit.isZero() || pause.isNegative() || pause.isZero()) {
      throw new IllegalArgumentException(
          "limit and pause must be positive, got %s and %s".formatted(limit, pause));
    }
  }

  /**
   * Asks until there is an answer.
   *
   * @param what for the message, as in "waited 60 s for WHAT"
   * @param needed processes without which no answer can come
   * @throws ProcessFailedException when one of them ends or the limit has passed; the message shows
   *     the last lines of the log of the process that failed
   */
  public <T> T forAnswer(String what, List<StartedProcess> needed, Supplier<Optional<T>> question) {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      check.run();
      Optional<T> answer = question.get();
      if (answer.isPresent()) {
        return answer.get();
      }
      for (StartedProcess process : needed) {
        if (!process.isAlive()) {
          throw new ProcessFailedException(
              "%s ended while waiting for %s; %s"
                  .formatted(process.name(), what, LogTail.describe(process)));
        }
      }
      if (System.nanoTime() - end > 0) {
        throw new ProcessFailedException(timeout(what, needed));
      }
      sleep();
    }
  }

  /** Asks until it is so; see {@link #forAnswer}. */
  public void until(String what, List<StartedProcess> needed, BooleanSupplier question) {
    Boolean unused =
        forAnswer(
            what, needed, () -> question.getAsBoolean() ? Optional.of(true) : Optional.empty());
  }

  private String timeout(String what, List<StartedProcess> needed) {
    StringBuilder message =
        new StringBuilder("waited %d s for %s in vain".formatted(limit.toSeconds(), what));
    for (StartedProcess process : needed) {
      message.append("; ").append(LogTail.describe(process));
    }
    return message.toString();
  }

  private void sleep() {
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProcessFailedException("interrupted", e);
    }
  }
}
