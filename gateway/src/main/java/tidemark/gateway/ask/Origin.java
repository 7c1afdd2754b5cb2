package tidemark.gateway.ask;

/**
 * Where a session comes from, for the audit log and for limits.
 *
 * @param protocol {@code postgres} or {@code http}
 * @param address of the client
 * @param application that the client says it is; empty if it does not
 */
public record Origin(String protocol, String address, String application) {}
