package tidemark.gateway.ask;

/** One column of an answer. */
public record Column(String name, ValueType type) {}
