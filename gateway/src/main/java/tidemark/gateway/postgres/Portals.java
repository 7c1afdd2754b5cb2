package tidemark.gateway.postgres;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;

/** The open portals and cursors of a connection by name, in the order in which they were opened. */
final class Portals {
  private final int maximum;
  private final Map<String, Portal> open = new LinkedHashMap<>();

  Portals(int maximum) {
    this.maximum = maximum;
  }

  /** Opens a portal; the one without name takes the place of an earlier one. */
  void add(String name, Portal portal) {
    if (name.isEmpty()) {
      close(name);
    }
    AskException refusal = refusal(name);
    if (refusal != null) {
      portal.close();
      throw refusal;
    }
    open.put(name, portal);
  }

  private AskException refusal(String name) {
    if (open.containsKey(name)) {
      return new AskException(
          SqlState.DUPLICATE_CURSOR, "cursor \"%s\" already exists".formatted(name));
    }
    if (open.size() >= maximum) {
      return new AskException(
              SqlState.LIMIT_EXCEEDED, "a connection may have %d open portals".formatted(maximum))
          .withHint("Close cursors and result sets that are not needed any more.");
    }
    return null;
  }

  Portal get(String name) {
    Portal portal = open.get(name);
    if (portal == null) {
      throw missing("portal", name);
    }
    return portal;
  }

  Portal cursor(String name) {
    Portal portal = open.get(name);
    if (portal == null) {
      throw missing("cursor", name);
    }
    return portal;
  }

  private static AskException missing(String what, String name) {
    return new AskException(
        SqlState.INVALID_CURSOR_NAME, "%s \"%s\" does not exist".formatted(what, name));
  }

  List<String> names() {
    return List.copyOf(open.keySet());
  }

  /** Closes it if it is open. */
  void close(String name) {
    Portal portal = open.remove(name);
    if (portal != null) {
      portal.close();
    }
  }

  void closeAll() {
    closeIf(portal -> true);
  }

  /** At the end of a transaction. */
  void closeUnheld() {
    closeIf(portal -> portal.life() == Portal.Life.TRANSACTION);
  }

  private void closeIf(Predicate<Portal> condition) {
    List<String> names = new ArrayList<>();
    open.forEach(
        (name, portal) -> {
          if (condition.test(portal)) {
            names.add(name);
          }
        });
    names.forEach(this::close);
  }
}
