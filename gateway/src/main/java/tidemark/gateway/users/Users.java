package tidemark.gateway.users;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.gateway.ask.ScramVerifier;

/**
 * The users of a file ({@link UsersFile} draws it), as it is now: whoever asks looks at most once a
 * second whether it changed. A file that cannot be used any more keeps the users of the last one
 * that could; {@link #problem} says so, and the log once.
 *
 * <p>Thread-safe. A question costs a map look-up; once a second a {@code stat} on top, and reading
 * the file if it changed.
 */
public final class Users {
  private static final Logger LOG = LoggerFactory.getLogger(Users.class);
  private static final long POLL_NANOS = Duration.ofSeconds(1).toNanos();

  /** Changed by every write, rename and chmod. */
  private static final String STAMP = "unix:dev,ino,size,mode,ctime,lastModifiedTime";

  /** What was read, and why the file that is there now was not. */
  private record Loaded(Map<String, User> users, Map<String, Object> stamp, String problem) {}

  private final Path path;
  private final UserLimits defaults;
  private final LongSupplier nanoTime;
  private final AtomicLong lookedAt;
  private volatile Loaded loaded;

  private Users(Path path, UserLimits defaults, LongSupplier nanoTime) {
    this.path = path;
    this.defaults = defaults;
    this.nanoTime = nanoTime;
    lookedAt = new AtomicLong(nanoTime.getAsLong());
    // The stamp first: a change between the two is then read again.
    Map<String, Object> stamp = stamp();
    loaded = new Loaded(UsersFile.read(path, defaults), stamp, "");
    LOG.info("{} users read from {}", loaded.users().size(), path);
  }

  /**
   * @param defaults of users whose entry names no limits
   * @throws UsersException if the file is not usable: at start there is no last good one
   */
  public static Users open(Path path, UserLimits defaults) {
    return open(path, defaults, System::nanoTime);
  }

  static Users open(Path path, UserLimits defaults, LongSupplier nanoTime) {
    return new Users(path, defaults, nanoTime);
  }

  public Optional<User> find(String name) {
    look();
    return Optional.ofNullable(loaded.users().get(name));
  }

  /** Why the file as it is now is not in use, for the operator; empty if it is in use. */
  public Optional<String> problem() {
    look();
    String problem = loaded.problem();
    return problem.isEmpty() ? Optional.empty() : Optional.of(problem);
  }

  public int count() {
    look();
    return loaded.users().size();
  }

  /** One thread looks, the others go on with what is known. */
  private void look() {
    long now = nanoTime.getAsLong();
    long before = lookedAt.get();
    if (now - before >= POLL_NANOS && lookedAt.compareAndSet(before, now)) {
      reload();
    }
  }

  private synchronized void reload() {
    Loaded before = loaded;
    Map<String, Object> stamp = Map.of();
    try {
      stamp = stamp();
      if (!stamp.equals(before.stamp())) {
        loaded = new Loaded(UsersFile.read(path, defaults), stamp, "");
        LOG.info("{} users read from {}", loaded.users().size(), path);
      }
    } catch (UsersException e) {
      loaded = new Loaded(before.users(), stamp, e.getMessage());
      if (!e.getMessage().equals(before.problem())) {
        LOG.error("{} users stay as they were: {}", before.users().size(), e.getMessage());
      }
    }
  }

  private Map<String, Object> stamp() {
    try {
      return Files.readAttributes(path, STAMP);
    } catch (IOException e) {
      throw new UsersException("the file of users cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Adds a user to the file, which is created with mode 0600 if it is missing.
   *
   * @throws UsersException if there is such a user already, or the file is not usable
   */
  public static void add(Path path, String name, String org, String password) {
    add(path, name, org, password, user -> {});
  }

  /** The same, with limits of its own. */
  public static void add(Path path, String name, String org, String password, UserLimits limits) {
    add(path, name, org, password, user -> UsersFile.writeLimits(user, limits));
  }

  private static void add(
      Path path, String name, String org, String password, Consumer<ObjectNode> limits) {
    ScramVerifier verifier = verifier(name, password);
    User user = checked(name, org, verifier);
    UserEditor.edit(
        path,
        users -> {
          if (users.has(name)) {
            throw new UsersException("there is a user %s already".formatted(name));
          }
          limits.accept(
              users
                  .putObject(user.name())
                  .put(UsersFile.ORG, user.org())
                  .put(UsersFile.SECRET, verifier.text()));
        });
  }

  /**
   * @throws UsersException if there is no such user, or the file is not usable
   */
  public static void changePassword(Path path, String name, String password) {
    String secret = verifier(name, password).text();
    UserEditor.edit(
        path,
        users -> {
          if (!(users.get(name) instanceof ObjectNode user)) {
            throw new UsersException("there is no user %s".formatted(name));
          }
          user.put(UsersFile.SECRET, secret);
        });
  }

  /**
   * @throws UsersException if there is no such user, or the file is not usable
   */
  public static void remove(Path path, String name) {
    UserEditor.edit(
        path,
        users -> {
          if (users.remove(name) == null) {
            throw new UsersException("there is no user %s".formatted(name));
          }
        });
  }

  /**
   * All users of a file, by name.
   *
   * @throws UsersException if the file is not usable
   */
  public static List<User> list(Path path) {
    return UsersFile.read(path, UserLimits.DEFAULT).values().stream()
        .sorted(Comparator.comparing(User::name))
        .toList();
  }

  private static User checked(String name, String org, ScramVerifier verifier) {
    try {
      return new User(name, org, verifier, UserLimits.DEFAULT);
    } catch (IllegalArgumentException e) {
      throw new UsersException(e.getMessage(), e);
    }
  }

  private static ScramVerifier verifier(String name, String password) {
    if (password.isEmpty()) {
      throw new UsersException("the password of user %s must not be empty".formatted(name));
    }
    return ScramVerifier.ofPassword(password, new SecureRandom());
  }
}
