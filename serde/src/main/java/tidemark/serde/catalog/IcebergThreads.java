package tidemark.serde.catalog;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.iceberg.util.ThreadPools;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what Iceberg keeps for the life of the process: the threads of its static pools, and their
 * hooks for the process's end.
 *
 * <p>A job brings Iceberg in its own class loader. Whatever of it outlives the job keeps the loader
 * and all its classes, 30 MB for each job: a TaskManager with 512 MB for classes died of the
 * twelfth.
 */
public final class IcebergThreads {
  private static final Logger LOG = LoggerFactory.getLogger(IcebergThreads.class);
  private static final String HOOK = "tidemark-iceberg-threads";

  private IcebergThreads() {}

  /**
   * To be called by every operator that uses Iceberg: ends them with the class loader, unless
   * Iceberg came with Flink's, which other jobs go on to use.
   */
  public static void endWithJob(RuntimeContext context) {
    if (ThreadPools.class.getClassLoader() != RuntimeContext.class.getClassLoader()) {
      context.registerUserCodeClassLoaderReleaseHookIfAbsent(HOOK, IcebergThreads::end);
    }
  }

  static void end() {
    ThreadPools.getWorkerPool().shutdownNow();
    ThreadPools.getDeleteWorkerPool().shutdownNow();
    try {
      ownShutdownHooks().forEach(Runtime.getRuntime()::removeShutdownHook);
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOG.warn(
          "cannot remove Iceberg's shutdown hooks, so the classes of this job stay in memory until"
              + " the process ends; start it with --add-opens java.base/java.lang=ALL-UNNAMED, as"
              + " Flink's own scripts do",
          e);
    }
  }

  /** Those whose code came with this class; there is no other way to find them. */
  private static List<Thread> ownShutdownHooks() throws ReflectiveOperationException {
    Class<?> registry = Class.forName("java.lang.ApplicationShutdownHooks");
    Field hooks = registry.getDeclaredField("hooks");
    Field target = Thread.class.getDeclaredField("target");
    hooks.setAccessible(true);
    target.setAccessible(true);
    List<Thread> own = new ArrayList<>();
    synchronized (registry) { // as it does itself
      Map<?, ?> registered = (Map<?, ?>) hooks.get(null);
      if (registered == null) {
        return own; // the process is ending
      }
      for (Object each : registered.keySet()) {
        Object code = target.get(each);
        if (code != null
            && code.getClass().getClassLoader() == IcebergThreads.class.getClassLoader()) {
          own.add((Thread) each);
        }
      }
    }
    return own;
  }
}
