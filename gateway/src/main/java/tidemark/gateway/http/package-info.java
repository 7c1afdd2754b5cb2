/**
 * SQL over HTTP, and what operators ask: health and metrics.
 *
 * <pre>
 * HttpGateway -> SqlHandler        POST /v1/sql
 *                  Passwords         who it is
 *                  SqlRequest        what is asked
 *                  Format            how the answer is to look: JSON, NDJSON, CSV
 *                  AnswerBody        rows as bytes, a buffer at a time
 *             -> OperatorHandler   GET /healthz, GET /metrics
 *             -> IoWatch           ends connections that are too slow
 *             -> ClientWatch       cancels queries whose client has gone
 * </pre>
 *
 * <p>Imports {@code gateway.ask} and nothing else of the gateway. One invariant: an answer that is
 * not whole never looks as if it were.
 */
package tidemark.gateway.http;
