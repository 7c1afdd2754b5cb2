/** The benchmark of questions, over a small day. */
package tidemark.bench.query;
