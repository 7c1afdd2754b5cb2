/**
 * The one way to ask: what a protocol needs of the gateway, and nothing about how it answers.
 *
 * <pre>
 * Gateway -> Session          one login; the org comes from it alone
 *         -> PreparedQuery    one checked statement: parameter types, columns
 *         -> Answer           rows as a stream, and what they reflect
 * </pre>
 *
 * <p>Protocols ({@code gateway.postgres}, {@code gateway.http}) import this package and nothing
 * else of the gateway. One invariant: every failure that a user may see is an {@link
 * tidemark.gateway.ask.AskException} with an SQLSTATE, without paths, stack traces or other orgs'
 * names.
 */
package tidemark.gateway.ask;
