/**
 * What monitors say, from the topic of verdicts into a table of the engine.
 *
 * <pre>
 * VerdictReader -> VerdictRow -> VerdictRows   one thread reads the topic; any may ask the engine
 * </pre>
 *
 * <p>Imports {@code tidemark.serde.verdict} and {@code tidemark.state.monitor}; nothing of the
 * other packages of the gateway. One invariant: of each window of a group exactly one row is the
 * latest, that with the highest revision that was read and is kept.
 */
package tidemark.gateway.verdicts;
