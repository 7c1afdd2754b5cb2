/**
 * The format of definitions: one JSON record for each version of a rule or a monitor, as the
 * control topic carries them, and what follows from all of them together.
 *
 * <p>May be imported by the job, the gateway and the command; nothing of Flink or Kafka here. One
 * invariant: what is in force for a window follows from the records and their broker times alone.
 */
package tidemark.serde.definition;
