/**
 * The rules that make coarser series, and monitors, from the control topic, and for which windows
 * each of their versions is in force.
 *
 * <pre>
 * ControlReader -> RuleBook -> KnownRules   one thread reads the topic; any may ask
 * </pre>
 *
 * <p>Imports {@code tidemark.serde.definition} and {@code serde.wire}; nothing of the other
 * packages of the gateway. One invariant: what is said of windows before {@link
 * tidemark.gateway.rules.KnownRules#toMs} is not changed by any record that comes later.
 */
package tidemark.gateway.rules;
