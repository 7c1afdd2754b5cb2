/**
 * Flink from the outside: its settings as text, its memory arithmetic, its REST interface and its
 * command line, each in a process of its own.
 *
 * <p>No class of Flink is on the class path here, so the command works with whatever cluster it
 * talks to. Imports {@code tidemark.cli.process} and nothing else of this module.
 */
package tidemark.cli.flink;
