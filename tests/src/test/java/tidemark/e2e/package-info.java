/** The whole system as a user runs it: broker, object store and Flink as processes of their own. */
package tidemark.e2e;
