package tidemark.gateway.plan;

import java.util.List;
import java.util.Optional;
import tidemark.gateway.hot.HotView;

/**
 * A piece and where its rows are.
 *
 * @param shape which rows of them
 * @param stored a SELECT of stored rows; empty if there are none
 * @param hot tables of hot rows
 */
record PieceRows(
    Piece piece, ViewSql.Shape shape, Optional<String> stored, List<HotView.Range> hot) {
  PieceRows {
    hot = List.copyOf(hot);
  }
}
