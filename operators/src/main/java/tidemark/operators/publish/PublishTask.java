package tidemark.operators.publish;

/**
 * A file of which only some rows are covered.
 *
 * @param isOfMain whether its covered rows go and the others stay; else the covered ones are copied
 * @param file its description, without column statistics
 */
record PublishTask(int tierSeconds, long epochDay, boolean isOfMain, String file) {}
