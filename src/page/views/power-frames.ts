// The frames of the view Power, as both ends know them. Rows are f64, little-endian: a moment in ns, then the columns.

/** Number of the frame that has the whole history (base/history.ts, `save`). */
export const HISTORY_FRAME = 0;
/** That of rows behind it. */
export const ROWS_FRAME = 1;
