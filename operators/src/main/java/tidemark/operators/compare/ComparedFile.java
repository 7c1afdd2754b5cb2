package tidemark.operators.compare;

/**
 * A file of one side.
 *
 * @param json its description, without column statistics
 * @param sequence number of the commit that added it
 */
record ComparedFile(String json, long sequence) {}
