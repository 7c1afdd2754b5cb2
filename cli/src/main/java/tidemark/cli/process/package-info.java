/**
 * Child processes of the command: how they are started, recognised again, waited for and ended.
 *
 * <p>Knows nothing of Kafka, S3 or Flink, and imports nothing else of this module. The one
 * invariant: a process is signalled only if its pid still belongs to the process that was started,
 * which {@link tidemark.cli.process.ProcessIdentity} decides.
 */
package tidemark.cli.process;
