/** The game days' own parts, and the shortest of their games. */
package tidemark.gameday;
