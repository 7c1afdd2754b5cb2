/**
 * The one command, {@code tidemark}: each subcommand is a class that says what is to happen; how is
 * in the packages below. Nothing imports this package.
 *
 * <p>Exit codes: 0 done, 1 failed with a reason on standard error, 2 wrong usage.
 */
package tidemark.cli;
