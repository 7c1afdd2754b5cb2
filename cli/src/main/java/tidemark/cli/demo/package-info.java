/**
 * What a person sees of a running cluster: figures of its tables, its job and its agent, in lines.
 *
 * <p>Only reads. Imports {@code tidemark.cli.cluster}, {@code tidemark.cli.agent}, {@code
 * tidemark.cli.sql} and the gateway's reader of the catalog.
 */
package tidemark.cli.demo;
