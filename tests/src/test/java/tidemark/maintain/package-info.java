/** Maintenance of the tables beside those who read them. */
package tidemark.maintain;
