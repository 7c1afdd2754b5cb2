/**
 * Decides whether a statement may run, on its parse tree, before anything reaches an engine that
 * has data.
 *
 * <pre>
 * text -> TokenScan    sizes, nesting, one statement, no odd characters
 *      -> SqlParser    DuckDB's own parser, in an instance that holds nothing
 *      -> TreeWalk     every field of every node, by the closed list in TreeShapes,
 *                      against WallLists, FunctionList and CastTypes
 *      -> CheckedStatement
 * </pre>
 *
 * <p>Imports {@code gateway.ask} and nothing else of the gateway. One invariant: what is not on a
 * list is refused, be it a function, a relation, a type, a setting, a kind of node or a field of
 * one; and the text that {@link tidemark.gateway.walls.CheckedStatement#sql} gives is the very text
 * whose tree was looked at.
 */
package tidemark.gateway.walls;
