/** No official figure for the size of a text exists; peers agree on about 2 KB of UTF-8. */
export const PART_MAX_BYTES = 2000
/** In an answer of several parts each leaves room for a line that tells of the rest, with two links. */
export const TAIL_MAX_BYTES = 400
