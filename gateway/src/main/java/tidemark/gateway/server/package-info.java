/**
 * The gateway's process: settings from a file, everything wired, two protocols in front.
 *
 * <pre>
 * PostgresServer, HttpGateway -> LimitedGateway -> EngineGateway -> QuerySession    data
 *                                                                -> DictionarySession  pg_catalog
 * </pre>
 *
 * <p>Imports every other package of the gateway and is imported by none. One invariant: nothing
 * listens before a query can be answered.
 */
package tidemark.gateway.server;
