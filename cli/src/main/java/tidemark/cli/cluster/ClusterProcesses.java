package tidemark.cli.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tidemark.cli.flink.FlinkHome;
import tidemark.cli.flink.FlinkProcesses;
import tidemark.cli.flink.FlinkRest;
import tidemark.cli.flink.FlinkSettings;
import tidemark.cli.process.ChildProcess;
import tidemark.cli.process.Ports;
import tidemark.cli.process.ProcessFailedException;
import tidemark.cli.process.StartedProcess;
import tidemark.cli.process.Waiting;

/**
 * Starts and ends the processes of a run, and writes each one down as soon as it is started.
 *
 * <p>Callers hold {@link Operations}; the threads of one start share this object's monitor to write
 * the state.
 */
final class ClusterProcesses {
  private static final Duration START_LIMIT = Duration.ofMinutes(3);
  private static final Duration TERMINATE_LIMIT = Duration.ofSeconds(15);
  private static final Duration KILL_LIMIT = Duration.ofSeconds(10);
  private static final int SECRET_BYTES = 16;
  private static final List<String> CONFIGURATIONS =
      List.of("log4j.properties", "log4j-cli.properties", "logback-s3.xml");

  private final LocalClusterOptions options;
  private final RunLayout layout;
  private final StateFile stateFile;
  private final Operations operations;
  private final Consumer<String> progress;
  private final SecureRandom random = new SecureRandom();
  private final FlinkProcesses flink;

  ClusterProcesses(
      LocalClusterOptions options,
      RunLayout layout,
      StateFile stateFile,
      Operations operations,
      Consumer<String> progress) {
    this.options = options;
    this.layout = layout;
    this.stateFile = stateFile;
    this.operations = operations;
    this.progress = progress;
    this.flink = new FlinkProcesses(flinkHome());
  }

  FlinkHome flinkHome() {
    Path distribution = options.distribution("flink");
    return new FlinkHome(
        distribution.resolve("lib"),
        options.flinkJars(),
        distribution.resolve("plugins"),
        layout.configuration(),
        layout.flinkTemporary(),
        layout.logs());
  }

  KafkaBroker kafka(ClusterState state) {
    return new KafkaBroker(options, layout, state);
  }

  ObjectStore objectStore(ClusterState state) {
    return new ObjectStore(options, layout, state);
  }

  ZooKeeper zooKeeper(ClusterState state) {
    return new ZooKeeper(options, layout, state);
  }

  GatewayProcess gateway(ClusterState state) {
    return new GatewayProcess(options, layout, state);
  }

  boolean isUp(ClusterState state) {
    List<String> living = state.living().stream().map(StartedProcess::name).toList();
    return living.contains(KafkaBroker.NAME)
        && living.contains(ObjectStore.NAME)
        && living.contains(ZooKeeper.NAME)
        && living.contains(FlinkProcesses.JOB_MANAGER)
        && living.stream().anyMatch(name -> name.startsWith(FlinkProcesses.TASK_MANAGER_PREFIX));
  }

  // ---- up

  /** Whether no process of the run lives. */
  boolean isCold() {
    return stateFile.read().map(state -> state.living().isEmpty()).orElse(true);
  }

  void up() {
    flinkHome().requireBuilt();
    ClusterState state = prepare();
    List<StartedProcess> before = state.living();
    Waiting waiting = operations.waiting(START_LIMIT);
    List<Runnable> steps = new ArrayList<>();
    steps.add(() -> startKafka(state, waiting));
    steps.add(() -> startObjectStore(state, waiting));
    steps.add(() -> startZooKeeper(state, waiting));
    steps.add(() -> startJobManager(state, waiting));
    IntStream.rangeClosed(1, options.taskManagers())
        .forEach(number -> steps.add(() -> ensureTaskManager(number, waiting)));
    try {
      together(steps);
    } catch (ProcessFailedException e) {
      List<StartedProcess> started = new ArrayList<>(current().living());
      started.removeAll(before);
      end(started);
      throw e;
    }
  }

  /**
   * Chooses what is not chosen yet and writes the settings of whatever is going to start.
   *
   * <p>While anything of the run lives, what died comes back as it was, and Flink finds its job in
   * ZooKeeper. When nothing lives it is a cold start: ZooKeeper begins empty, and the job is for
   * the caller to submit anew from its newest savepoint or checkpoint, with the ports, the jar and
   * the options of now.
   */
  private ClusterState prepare() {
    Ports ports = new Ports(new Random(random.nextLong()));
    ClusterState state =
        stateFile
            .read()
            .orElseGet(
                () ->
                    ClusterState.first(
                        HexFormat.of().formatHex(bytes()),
                        Base64.getUrlEncoder().withoutPadding().encodeToString(bytes()),
                        ports::free));
    state = state.withProcesses(state.living());
    if (state.processes().isEmpty()) {
      state = state.withFreePorts(Ports::isFree, ports::free);
      writeConfiguration(state);
      forgetJobs();
    }
    stateFile.write(state);
    return state;
  }

  private byte[] bytes() {
    byte[] bytes = new byte[SECRET_BYTES];
    random.nextBytes(bytes);
    return bytes;
  }

  void writeConfiguration(ClusterState state) {
    try {
      empty(layout.flinkTemporary());
      Files.createDirectories(layout.configuration());
      Files.createDirectories(layout.logs());
      for (String name : CONFIGURATIONS) {
        Files.copy(
            options.flinkConf().resolve(name),
            layout.configuration().resolve(name),
            StandardCopyOption.REPLACE_EXISTING);
      }
      FlinkSettings production = FlinkSettings.read(options.flinkConf().resolve("config.yaml"));
      FlinkSettings local = LocalFlinkSettings.of(production, layout, state, options);
      // it holds the key of the S3 server
      PrivateFile.write(
          flinkHome().settingsFile(),
          local.render("Written by tidemark from flink-conf/config.yaml at each start."));
    } catch (IOException e) {
      throw new ProcessFailedException("cannot write the settings of the run: " + e, e);
    }
  }

  private void forgetJobs() {
    try {
      empty(layout.zooKeeperData());
      empty(layout.highAvailability());
    } catch (IOException e) {
      throw new ProcessFailedException("cannot empty ZooKeeper's data: " + e, e);
    }
  }

  private static void empty(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      try (Stream<Path> paths = Files.walk(directory)) {
        for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
    Files.createDirectories(directory);
  }

  private void startKafka(ClusterState state, Waiting waiting) {
    KafkaBroker kafka = kafka(state);
    StartedProcess broker = running(state, KafkaBroker.NAME).orElseGet(() -> keep(kafka.start()));
    kafka.awaitReady(broker, waiting);
    progress.accept("Kafka broker at " + kafka.bootstrapServers());
  }

  private void startObjectStore(ClusterState state, Waiting waiting) {
    ObjectStore store = objectStore(state);
    StartedProcess server = running(state, ObjectStore.NAME).orElseGet(() -> keep(store.start()));
    store.awaitReady(server, waiting);
    progress.accept("S3 server at " + store.endpoint());
  }

  private void startZooKeeper(ClusterState state, Waiting waiting) {
    ZooKeeper keeper = zooKeeper(state);
    StartedProcess server = running(state, ZooKeeper.NAME).orElseGet(() -> keep(keeper.start()));
    keeper.awaitReady(server, waiting);
    progress.accept("ZooKeeper at 127.0.0.1:" + state.port(Port.ZOOKEEPER));
  }

  private void startJobManager(ClusterState state, Waiting waiting) {
    StartedProcess manager =
        running(state, FlinkProcesses.JOB_MANAGER)
            .orElseGet(() -> keep(flink.startJobManager(waiting)));
    FlinkRest rest = rest(state);
    waiting.until("Flink's JobManager to answer", List.of(manager), rest::isUp);
    progress.accept("Flink at http://127.0.0.1:" + state.port(Port.FLINK_REST));
  }

  private void ensureTaskManager(int number, Waiting waiting) {
    if (running(current(), FlinkProcesses.TASK_MANAGER_PREFIX + number).isEmpty()) {
      String unused = startTaskManager(number, List.of(), waiting);
    }
  }

  private String startTaskManager(int number, List<String> jvmOptions, Waiting waiting) {
    String resourceId =
        FlinkProcesses.TASK_MANAGER_PREFIX
            + number
            + "-"
            + HexFormat.of().toHexDigits(random.nextInt());
    StartedProcess manager = keep(flink.startTaskManager(number, resourceId, jvmOptions, waiting));
    FlinkRest rest = rest(current());
    waiting.until(
        manager.name() + " to register",
        List.of(manager),
        () -> rest.taskManagers().contains(resourceId));
    progress.accept("Flink " + manager.name() + " registered");
    return manager.name();
  }

  String startTaskManager(List<String> jvmOptions) {
    ClusterState state = current();
    if (running(state, FlinkProcesses.JOB_MANAGER).isEmpty()) {
      throw new ProcessFailedException("a TaskManager needs a JobManager, and none runs");
    }
    int number = 1;
    while (running(state, FlinkProcesses.TASK_MANAGER_PREFIX + number).isPresent()) {
      number++;
    }
    return startTaskManager(number, jvmOptions, operations.waiting(START_LIMIT));
  }

  /** Those that ended without being ended by us. */
  List<StartedProcess> died() {
    return current().processes().stream().filter(process -> !process.isAlive()).toList();
  }

  StartedProcess start(ChildProcess process) {
    if (running(current(), process.name()).isPresent()) {
      throw new ProcessFailedException(process.name() + " runs already");
    }
    return keep(process.start());
  }

  /** Starts a process that is to listen on these ports, and waits until it does. */
  void startListening(ChildProcess process, List<Integer> ports) {
    StartedProcess started = start(process);
    try {
      operations
          .waiting(START_LIMIT)
          .until(
              "the " + process.name() + " to listen",
              List.of(started),
              () -> ports.stream().allMatch(Ports::isListening));
    } catch (ProcessFailedException e) {
      end(List.of(started));
      throw e;
    }
  }

  /** Chooses other ports in place of those among these that are not free, or not chosen yet. */
  ClusterState chooseFree(Set<Port> some) {
    Ports ports = new Ports(new Random(random.nextLong()));
    ClusterState state = current().withFreePorts(some, Ports::isFree, ports::free);
    stateFile.write(state);
    return state;
  }

  private static FlinkRest rest(ClusterState state) {
    return new FlinkRest("http://127.0.0.1:" + state.port(Port.FLINK_REST));
  }

  private static Optional<StartedProcess> running(ClusterState state, String name) {
    return state.process(name).filter(StartedProcess::isAlive);
  }

  /** Writes a process down; one that cannot be written down must not live. */
  private synchronized StartedProcess keep(StartedProcess process) {
    try {
      stateFile.write(current().withProcess(process));
      return process;
    } catch (ProcessFailedException e) {
      process.identity().kill();
      throw e;
    }
  }

  private ClusterState current() {
    return stateFile.read().orElseThrow();
  }

  /** Runs the steps side by side; the first failure is thrown once all of them have ended. */
  private static void together(List<Runnable> steps) {
    ExecutorService threads = Executors.newFixedThreadPool(steps.size());
    try {
      CompletableFuture.allOf(
              steps.stream()
                  .map(step -> CompletableFuture.runAsync(step, threads))
                  .toArray(CompletableFuture<?>[]::new))
          .join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw e;
    } finally {
      threads.shutdown();
    }
  }

  // ---- down

  /** Ends the gateway, then the other users of Kafka, S3 and ZooKeeper, then those. */
  void down() {
    Optional<ClusterState> state = stateFile.read();
    if (state.isEmpty()) {
      return;
    }
    List<String> gateway = List.of(GatewayProcess.NAME);
    List<String> servers = List.of(KafkaBroker.NAME, ObjectStore.NAME, ZooKeeper.NAME);
    endThose(state.get().living(), gateway::contains);
    endThose(state.get().living(), name -> !servers.contains(name));
    endThose(state.get().living(), servers::contains);
    forget(current().processes()); // those too that had died before
  }

  private void endThose(List<StartedProcess> living, Predicate<String> names) {
    end(living.stream().filter(process -> names.test(process.name())).toList());
  }

  String killTaskManager() {
    StartedProcess manager =
        current().living().stream()
            .filter(process -> process.name().startsWith(FlinkProcesses.TASK_MANAGER_PREFIX))
            .findFirst()
            .orElseThrow(() -> new ProcessFailedException("no TaskManager runs"));
    kill(manager.name());
    return manager.name();
  }

  void kill(String name) {
    StartedProcess process = requireRunning(name);
    process.identity().kill();
    if (!awaitEnd(List.of(process), KILL_LIMIT)) {
      throw new ProcessFailedException(name + " does not end");
    }
    forget(List.of(process));
  }

  StartedProcess requireRunning(String name) {
    return running(current(), name)
        .orElseThrow(() -> new ProcessFailedException(name + " does not run"));
  }

  /** Asks them to end, then makes them. */
  private void end(List<StartedProcess> ending) {
    ending.forEach(process -> process.identity().terminate());
    if (!awaitEnd(ending, TERMINATE_LIMIT)) {
      ending.forEach(process -> process.identity().kill());
      if (!awaitEnd(ending, KILL_LIMIT)) {
        throw new ProcessFailedException(
            "these processes do not end: "
                + ending.stream()
                    .filter(StartedProcess::isAlive)
                    .map(process -> process.name() + " (pid " + process.identity().pid() + ")")
                    .toList());
      }
    }
    forget(ending);
  }

  private boolean awaitEnd(List<StartedProcess> ending, Duration limit) {
    try {
      new Waiting(limit, Duration.ofMillis(50), () -> {})
          .until(
              "processes to end",
              List.of(),
              () -> ending.stream().noneMatch(StartedProcess::isAlive));
      return true;
    } catch (ProcessFailedException e) {
      return false;
    }
  }

  private synchronized void forget(List<StartedProcess> ended) {
    ClusterState state = current();
    List<StartedProcess> rest = new ArrayList<>(state.processes());
    rest.removeAll(ended);
    stateFile.write(state.withProcesses(rest));
  }
}
