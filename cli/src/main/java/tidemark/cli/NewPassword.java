package tidemark.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Console;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import tidemark.cli.process.ProcessFailedException;

/**
 * A password that a person gives: on the terminal, twice and unseen, or in a file.
 *
 * @param user whose it will be
 */
record NewPassword(String user) {
  private static final String STANDARD_INPUT = "-";

  /**
   * @param file whose one line it is, {@code -} for standard input; null to ask on the terminal
   */
  String read(String file) {
    return file == null ? ask() : line(file);
  }

  @SuppressWarnings("SystemConsoleNull") // the command runs on Java 17 alone
  private String ask() {
    Console console = System.console();
    if (console == null) {
      throw new ProcessFailedException(
          "there is no terminal to ask for the password of user %s: give it with --password-file FILE, or - for standard input"
              .formatted(user));
    }
    char[] first = console.readPassword("password of user %s: ", user);
    char[] second = console.readPassword("again: ");
    if (first == null || !Arrays.equals(first, second)) {
      throw new ProcessFailedException("the two passwords differ: nothing was changed");
    }
    return new String(first);
  }

  private static String line(String file) {
    boolean isStandardInput = file.equals(STANDARD_INPUT);
    String what = isStandardInput ? "standard input" : file;
    try {
      byte[] bytes = isStandardInput ? System.in.readAllBytes() : Files.readAllBytes(Path.of(file));
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      String line = text.replaceFirst("\r?\n$", "");
      if (line.chars().anyMatch(Character::isISOControl)) {
        throw new ProcessFailedException(
            "%s must hold one line, the password, without control characters".formatted(what));
      }
      return line;
    } catch (CharacterCodingException e) {
      throw new ProcessFailedException("the password in %s must be UTF-8".formatted(what), e);
    } catch (NoSuchFileException e) {
      throw new ProcessFailedException("there is no file " + what, e);
    } catch (IOException e) {
      throw new ProcessFailedException("cannot read %s: %s".formatted(what, e.getMessage()), e);
    }
  }
}
