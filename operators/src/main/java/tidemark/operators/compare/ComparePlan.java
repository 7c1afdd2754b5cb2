package tidemark.operators.compare;

/**
 * What a comparison is about.
 *
 * @param left branch of the left side
 * @param leftSnapshot snapshot of it that is read
 * @param right branch of the right side
 * @param rightSnapshot snapshot of it that is read
 * @param base snapshot that both were made to recompute
 * @param covered rows that are compared
 * @param isWhole whether these are all that the replay stands for
 * @param isComplete whether all replays among the sides have ended
 * @param tasks how many tasks there are
 */
record ComparePlan(
    String left,
    long leftSnapshot,
    String right,
    long rightSnapshot,
    long base,
    String covered,
    boolean isWhole,
    boolean isComplete,
    int tasks) {}
