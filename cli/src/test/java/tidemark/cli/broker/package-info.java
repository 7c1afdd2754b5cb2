/** A broker for tests. May be imported by every test of the command. */
package tidemark.cli.broker;
