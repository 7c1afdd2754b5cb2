package tidemark.gateway.postgres;

import java.util.List;
import java.util.function.Supplier;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.PreparedQuery;
import tidemark.gateway.ask.ValueType;

/** A statement ready to run: the session's, or one that the protocol answers itself. */
interface Plan extends AutoCloseable {
  /**
   * One run of a plan.
   *
   * @param tag what the client is told at the end, without the count of rows
   */
  record Run(String tag, Answer rows) {
    /** Whether the tag is followed by the number of rows sent. */
    boolean isCounted() {
      return tag.equals("SELECT") || tag.equals("FETCH");
    }
  }

  List<ValueType> parameterTypes();

  /** Empty if there are no rows, ever. */
  List<Column> columns();

  Run run(List<Object> parameters);

  /**
   * Whether it does nothing but read: then it may run before the client asks for rows, which costs
   * less than to find out its columns without them.
   */
  default boolean isReading() {
    return false;
  }

  /** Whether it may run in a transaction block that has failed: those that end it. */
  default boolean endsFailure() {
    return false;
  }

  @Override
  void close();

  /** A statement of the session. */
  record OfSession(PreparedQuery query) implements Plan {
    @Override
    public List<ValueType> parameterTypes() {
      return query.parameterTypes();
    }

    @Override
    public List<Column> columns() {
      return query.columns();
    }

    @Override
    public Run run(List<Object> parameters) {
      return new Run(query.tag(), query.run(parameters));
    }

    @Override
    public boolean isReading() {
      return query.tag().equals("SELECT");
    }

    @Override
    public void close() {
      query.close();
    }
  }

  /** A statement of our own; it has no parameters. */
  record OfProtocol(List<Column> columns, Supplier<Run> effect) implements Plan {
    @Override
    public List<ValueType> parameterTypes() {
      return List.of();
    }

    @Override
    public Run run(List<Object> parameters) {
      return effect.get();
    }

    @Override
    public void close() {
      // Holds nothing.
    }
  }

  /** A statement of our own that ends a transaction block, failed or not. */
  record EndOfTransaction(Supplier<Run> effect) implements Plan {
    @Override
    public List<ValueType> parameterTypes() {
      return List.of();
    }

    @Override
    public List<Column> columns() {
      return List.of();
    }

    @Override
    public Run run(List<Object> parameters) {
      return effect.get();
    }

    @Override
    public boolean endsFailure() {
      return true;
    }

    @Override
    public void close() {
      // Holds nothing.
    }
  }
}
