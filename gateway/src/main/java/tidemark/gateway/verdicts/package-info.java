/**
 * What monitors say, from the topic of verdicts into a table of the engine.
 *
 * <pre>
 * VerdictReader -> VerdictRow -> VerdictRows   one thread reads the topic; any may ask the engine
 * </pre>
 *
 * <p>Imports {@code tidemark.serde.verdict} and {@code tidemark.state.monitor}; nothing of the
 * other packages of the gateway. One invariant: of each window of a group exactly one row is the
 * latest, what was read last of it; a restarted job may tell a lower revision than before.
 */
package tidemark.gateway.verdicts;
