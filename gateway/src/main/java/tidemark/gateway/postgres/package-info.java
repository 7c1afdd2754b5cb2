/**
 * PostgreSQL's protocol, version 3, over {@link tidemark.gateway.ask.Gateway}: plain blocking
 * sockets, one thread per connection, nothing but the JDK.
 *
 * <pre>
 * PostgresServer -> PostgresConnection  one socket, one thread
 *                     Startup             TLS, cancel requests, the startup message
 *                     ScramLogin          SCRAM-SHA-256, with channel binding under TLS
 *                     SimpleProtocol      query strings
 *                     ExtendedProtocol    parse, bind, describe, execute
 *                       Conversation        session, transaction, statements, portals
 *                         CommandParser       what the protocol answers itself: transactions, cursors
 *                         Plan                a statement ready to run, the session's or our own
 *                 MessageReader, MessageWriter   frames, bounded
 *                 TextValues, BinaryValues       values, both ways
 * </pre>
 *
 * <p>Imports {@code tidemark.gateway.ask} and nothing else of the gateway. One invariant: whatever
 * bytes a client sends, the server answers with an error or hangs up; the memory of a connection is
 * bounded by {@link tidemark.gateway.postgres.PostgresLimits}.
 */
package tidemark.gateway.postgres;
