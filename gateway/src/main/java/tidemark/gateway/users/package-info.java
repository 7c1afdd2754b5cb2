/**
 * Who may ask, how much, and the record of who asked what.
 *
 * <pre>
 * LimitedGateway -> Users          a file: user, org, secret, limits
 *                -> Turnstile      places of queries, fair between orgs
 *                -> EngineSession  the engine's calls, on threads that may be left behind
 *                -> RowPump        its rows, in batches
 *                -> AuditLog       one line per query
 * </pre>
 *
 * <p>Imports {@code gateway.ask} and nothing else of the gateway. One invariant: a caller of
 * anything here gets its answer or an error within the time its limits name, whatever the engine
 * does.
 */
package tidemark.gateway.users;
