/**
 * A client of the gateway over HTTP, and how its answers look in a terminal.
 *
 * <p>Knows {@code POST /v1/sql} and nothing else of the gateway: what it prints, any client could.
 * Imports {@code tidemark.cli.cluster} for where the gateway is.
 */
package tidemark.cli.sql;
