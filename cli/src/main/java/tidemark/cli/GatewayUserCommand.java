package tidemark.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import tidemark.cli.cluster.RunLayout;
import tidemark.cli.process.ProcessFailedException;
import tidemark.gateway.users.User;
import tidemark.gateway.users.Users;
import tidemark.gateway.users.UsersException;

/**
 * Changes the file of users, of which a gateway that runs takes notice within a second. Passwords
 * are kept as SCRAM verifiers and never stand among a command's arguments, which every process of
 * the machine can read.
 */
@Command(
    name = "user",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Add, remove and list the users of the gateway, and change passwords.",
      "A gateway that runs takes up a change within a second."
    })
final class GatewayUserCommand implements Runnable {
  private static final String PASSWORD_FILE =
      "Its one line is the password; - reads it from standard input. Default: the terminal asks.";

  private final Workspace workspace;

  @Spec private CommandSpec spec;

  @Option(
      names = "--users-file",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "The gateway's gateway.users-file. Default: that of the run directory.")
  private Path file;

  GatewayUserCommand(Workspace workspace) {
    this.workspace = workspace;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      description = "Add a user, who sees the data of one org.")
  int add(
      @Option(names = "--name", paramLabel = "NAME", required = true, description = "To log in.")
          String name,
      @Option(
              names = "--org",
              paramLabel = "ORG",
              required = true,
              description = "Whose data the user sees.")
          String org,
      @Option(names = "--password-file", paramLabel = "FILE", description = PASSWORD_FILE)
          String passwordFile) {
    Path users = writable();
    change(() -> Users.add(users, name, org, new NewPassword(name).read(passwordFile)));
    out().printf("user %s of org %s was added to %s%n", name, org, users);
    return 0;
  }

  @Command(
      name = "password",
      mixinStandardHelpOptions = true,
      description = "Change the password of a user.")
  int password(
      @Option(names = "--name", paramLabel = "NAME", required = true, description = "Of the user.")
          String name,
      @Option(names = "--password-file", paramLabel = "FILE", description = PASSWORD_FILE)
          String passwordFile) {
    Path users = readable();
    change(() -> Users.changePassword(users, name, new NewPassword(name).read(passwordFile)));
    out().printf("user %s has a new password in %s%n", name, users);
    return 0;
  }

  @Command(
      name = "remove",
      mixinStandardHelpOptions = true,
      description = "Remove a user, whose sessions then run nothing more.")
  int remove(
      @Option(names = "--name", paramLabel = "NAME", required = true, description = "Of the user.")
          String name) {
    Path users = readable();
    change(() -> Users.remove(users, name));
    out().printf("user %s was removed from %s%n", name, users);
    return 0;
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "List the users: name, tab, org; a line each.")
  int list() {
    Path users = readable();
    change(
        () -> {
          List<User> all = Users.list(users);
          all.forEach(user -> out().printf("%s\t%s%n", user.name(), user.org()));
        });
    return 0;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private static void change(Runnable change) {
    try {
      change.run();
    } catch (UsersException e) {
      throw new ProcessFailedException(e.getMessage(), e);
    }
  }

  private Path users() {
    return file == null ? new RunLayout(workspace.run()).usersFile() : file.toAbsolutePath();
  }

  /**
   * Adding makes the file, but no folder: a name with a slip would make users that count nowhere.
   */
  private Path writable() {
    Path users = users();
    if (!Files.isDirectory(users.getParent())) {
      throw new ProcessFailedException(
          "there is no folder %s: start the gateway with tidemark up, or name its file with --users-file"
              .formatted(users.getParent()));
    }
    return users;
  }

  private Path readable() {
    Path users = users();
    if (!Files.exists(users)) {
      throw new ProcessFailedException(
          "there is no file of users %s: start the gateway with tidemark up, or name its file with --users-file"
              .formatted(users));
    }
    return users;
  }
}
