/**
 * Answers for {@code pg_catalog} and {@code information_schema}, without a PostgreSQL.
 *
 * <pre>
 * DictionarySchema -> Dictionary          tables, views and macros in a DuckDB of their own
 *                  -> DictionarySession   user, process id and settings of one login
 *                  -> DictionaryQuery     one rewritten and checked statement
 *
 * Dialect          tokens: what DuckDB's parser does not take
 * StatementTree    the parse tree, by DuckDB's own parser
 * TreeFacts        which relations and functions it names
 * TreeRewriter     PostgreSQL's meaning in DuckDB's words; refuses what is not on a list
 * </pre>
 *
 * <p>Imports {@code gateway.ask} and nothing else of the gateway. One invariant: nothing runs that
 * names anything but relations of the dictionary, macros of {@code functions.sql} and functions of
 * {@link tidemark.gateway.dictionary.AllowedFunctions}; the instance has no data and may open
 * nothing.
 */
package tidemark.gateway.dictionary;
