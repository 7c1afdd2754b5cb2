package tidemark.gateway.plan;

import java.nio.file.Path;
import java.util.List;
import tidemark.gateway.hot.HotView;

/** A piece and where its rows are: local copies of stored files, and tables of hot rows. */
record PieceRows(Piece piece, List<Path> files, List<HotView.Range> hot) {
  PieceRows {
    files = List.copyOf(files);
    hot = List.copyOf(hot);
  }
}
