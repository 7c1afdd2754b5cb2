package tidemark.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tidemark.gateway.users.User;
import tidemark.gateway.users.UserLimits;
import tidemark.gateway.users.Users;

class GatewayUserCommandTest {
  private final StringWriter errors = new StringWriter();
  private final StringWriter output = new StringWriter();
  private final InputStream standardInput = System.in;

  @TempDir private Path directory;

  @AfterEach
  void giveBackStandardInput() {
    System.setIn(standardInput);
  }

  private int user(String... arguments) {
    CommandLine commandLine = Main.commandLine(new Workspace(Path.of(".."), directory));
    commandLine.setErr(new PrintWriter(errors, true));
    commandLine.setOut(new PrintWriter(output, true));
    String[] all = new String[arguments.length + 2];
    all[0] = "gateway";
    all[1] = "user";
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return commandLine.execute(all);
  }

  private Path users() throws IOException {
    return Files.createDirectories(directory.resolve("conf")).resolve("users.json");
  }

  private String password(String text) throws IOException {
    return Files.writeString(directory.resolve("password"), text).toString();
  }

  private static User found(Path users, String name) {
    return Users.open(users, UserLimits.DEFAULT).find(name).orElseThrow();
  }

  @Test
  void aUserIsAddedWithThePasswordOfAFile() throws IOException {
    Path users = users();
    String file = password("correct horse\n");
    assertThat(user("add", "--org", "shop", "--name", "alice", "--password-file", file)).isZero();

    assertThat(output.toString())
        .isEqualTo("user alice of org shop was added to %s%n".formatted(users));
    assertThat(found(users, "alice").org()).isEqualTo("shop");
    assertThat(found(users, "alice").verifier().proves("correct horse")).isTrue();
    assertThat(Files.readString(users)).contains("SCRAM-SHA-256$").doesNotContain("horse");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(users)))
        .isEqualTo("rw-------");

    assertThat(user("add", "--org", "bank", "--name", "alice", "--password-file", file))
        .isEqualTo(1);
    assertThat(errors.toString()).isEqualTo("error: there is a user alice already%n".formatted());
    assertThat(found(users, "alice").org()).isEqualTo("shop");
  }

  @Test
  void standardInputGivesAPasswordAndAnotherFileOfUsersMayBeNamed() {
    Path users = directory.resolve("other.json");
    System.setIn(new ByteArrayInputStream("pässword\r\n".getBytes(UTF_8)));
    assertThat(
            user("add", "--org=shop", "--name=bob", "--password-file=-", "--users-file=" + users))
        .isZero();
    assertThat(found(users, "bob").verifier().proves("pässword")).isTrue();
    assertThat(Files.exists(directory.resolve("conf"))).isFalse();
  }

  @Test
  void usersAreListedChangedAndRemoved() throws IOException {
    Path users = users();
    Users.add(users, "zoe", "shop", "first");
    Users.add(users, "alice", "my bank", "first");

    assertThat(user("list")).isZero();
    assertThat(output.toString()).isEqualTo("alice\tmy bank%nzoe\tshop%n".formatted());

    assertThat(user("password", "--name", "zoe", "--password-file", password("second"))).isZero();
    assertThat(found(users, "zoe").verifier().proves("second")).isTrue();
    assertThat(found(users, "zoe").verifier().proves("first")).isFalse();
    assertThat(found(users, "alice").verifier().proves("first")).isTrue();

    assertThat(user("remove", "--name", "alice")).isZero();
    assertThat(Users.list(users)).extracting(User::name).containsExactly("zoe");
    assertThat(user("remove", "--name", "alice")).isEqualTo(1);
    assertThat(errors.toString()).isEqualTo("error: there is no user alice%n".formatted());
  }

  @Test
  void aPasswordIsNoArgument() throws IOException {
    Path users = users();
    assertThat(user("add", "--org", "shop", "--name", "alice", "--password", "secret"))
        .isEqualTo(2);
    assertThat(user("add", "--org", "shop", "--name", "alice", "secret")).isEqualTo(2);
    assertThat(users).doesNotExist();
  }

  @Test
  void whatIsWrongIsToldAndChangesNothing() throws IOException {
    assertThat(user("list")).isEqualTo(1);
    assertThat(user("add", "--org", "shop", "--name", "alice", "--password-file", "-"))
        .isEqualTo(1);
    assertThat(errors.toString())
        .contains("error: there is no file of users " + directory.resolve("conf/users.json"))
        .contains("error: there is no folder " + directory.resolve("conf"))
        .contains("tidemark up", "--users-file");
    Path users = users();
    refuses("alice", password("two\nlines\n"), "must hold one line, the password");
    refuses("alice", directory.resolve("absent").toString(), "there is no file " + directory);
    refuses("alice", password("\n"), "the password of user alice must not be empty");
    refuses("a:b", password("secret"), "a user's name must be 1 to 128 characters without colon");
    assertThat(users).doesNotExist();
  }

  private void refuses(String name, String passwordFile, String message) {
    errors.getBuffer().setLength(0);
    assertThat(user("add", "--org", "shop", "--name", name, "--password-file", passwordFile))
        .isEqualTo(1);
    assertThat(errors.toString()).startsWith("error: ").contains(message);
  }

  @Test
  void withoutATerminalOrAFileItSaysHow() throws IOException {
    Path users = users();
    assertThat(user("add", "--org", "shop", "--name", "alice")).isEqualTo(1);
    assertThat(errors.toString())
        .startsWith("error: there is no terminal to ask for the password of user alice")
        .contains("--password-file FILE, or - for standard input");
    assertThat(users).doesNotExist();
  }

  @Test
  void aCommandIsNeeded() {
    assertThat(user()).isEqualTo(2);
    assertThat(errors.toString()).contains("a command is missing", "add", "remove", "list");
  }
}
