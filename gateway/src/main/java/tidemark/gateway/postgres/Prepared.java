package tidemark.gateway.postgres;

import java.util.ArrayList;
import java.util.List;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.SqlState;
import tidemark.gateway.ask.ValueType;

/**
 * A prepared statement. Portals may outlive it, so its plan closes when the last of its users does.
 */
final class Prepared {
  private final Plan plan;
  private final List<PostgresType> parameterTypes;
  private final long bytes;
  private final Budget budget;
  private final int offset;
  private List<Column> told; // null as long as the client does not know them
  private int users = 1;

  /**
   * @param plan null if the statement is empty
   * @param oids of parameters as far as the client named them; 0 leaves one open
   * @param bytes that it holds until it is released, taken from the budget
   * @param offset of the statement in the text that the client sent
   */
  Prepared(Plan plan, int[] oids, long bytes, Budget budget, int offset) {
    this.plan = plan;
    this.offset = offset;
    List<PostgresType> types = new ArrayList<>();
    if (plan != null) {
      for (ValueType type : plan.parameterTypes()) {
        int oid = types.size() < oids.length ? oids[types.size()] : 0;
        boolean isOpen = oid == 0 || oid == PostgresType.UNKNOWN.oid();
        types.add(isOpen ? PostgresType.of(type) : PostgresType.ofOid(oid));
      }
    }
    this.parameterTypes = List.copyOf(types);
    this.bytes = bytes;
    this.budget = budget;
    budget.take(bytes);
  }

  Budget budget() {
    return budget;
  }

  boolean isEmpty() {
    return plan == null;
  }

  Plan plan() {
    return plan;
  }

  /** What a row holds; from here on the client knows it, and no run may have others. */
  List<Column> describe() {
    if (told == null) {
      try {
        told = plan == null ? List.of() : plan.columns();
      } catch (AskException e) {
        throw placed(e);
      }
    }
    return told;
  }

  /** The failure with its place in the text that the client sent. */
  AskException placed(AskException failure) {
    return failure.position().isEmpty()
        ? failure
        : failure.at(failure.position().getAsInt() + offset);
  }

  /**
   * Notes the columns of a run, which the client is told.
   *
   * @throws AskException if it was told others before: values would not be what it reads
   */
  void tell(List<Column> columns) {
    if (told != null && !told.isEmpty() && !told.equals(columns)) {
      throw new AskException(
              SqlState.FEATURE_NOT_SUPPORTED, "cached plan must not change result type")
          .withHint("Prepare the statement again.");
    }
    told = columns;
  }

  /** What values the client sends; its own word counts first. */
  List<PostgresType> parameterTypes() {
    return parameterTypes;
  }

  /**
   * What the plan gets for what the client sent. Where the plan knows no better than text the
   * client's type stays: it may be what makes the statement work.
   *
   * @param value of the client's type; null if it is NULL
   */
  Object argument(int index, Object value) {
    ValueType wanted = plan.parameterTypes().get(index);
    ValueType given = parameterTypes.get(index).value();
    return value == null || wanted == ValueType.TEXT ? value : Coercion.to(wanted, given, value);
  }

  /** Arguments in text, as EXECUTE has them. */
  List<Object> arguments(List<String> texts) {
    if (texts.size() != parameterTypes.size()) {
      throw new AskException(
          SqlState.SYNTAX_ERROR,
          "the prepared statement needs %d arguments, got %d"
              .formatted(parameterTypes.size(), texts.size()));
    }
    List<Object> arguments = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      ValueType given = parameterTypes.get(i).value();
      Object value = texts.get(i) == null ? null : TextValues.parse(given, texts.get(i));
      arguments.add(argument(i, value));
    }
    return arguments;
  }

  void retain() {
    users++;
  }

  void release() {
    users--;
    if (users > 0) {
      return;
    }
    budget.give(bytes);
    if (plan != null) {
      plan.close();
    }
  }
}
