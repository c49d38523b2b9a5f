/** A frame is a few hundred bytes, a whole completion some ten thousand; what is longer means no good. */
const MAX_LINE_CHARS = 4 * 1024 * 1024

/**
 * The lines of a body, whichever of CR, LF and CRLF ends them, without a byte order mark. A line that grows beyond all
 * measure is left out. Takes time in proportion to the bytes, however they are cut.
 */
export async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let begun = ''
  let isTooLong = false
  const add = (piece: string) => {
    isTooLong ||= begun.length + piece.length > MAX_LINE_CHARS
    begun = isTooLong ? '' : begun + piece
  }
  const taken = () => {
    const line = begun
    begun = ''
    isTooLong = false
    return line
  }
  for await (const chunk of bytes) {
    // A CRLF cut in two gives an empty line more, which ends nothing that was not ended.
    const [first = '', ...others] = decoder.decode(chunk, { stream: true }).split(/\r\n|\r|\n/)
    add(first)
    for (const piece of others) {
      yield taken()
      add(piece)
    }
  }
  add(decoder.decode())
  yield taken()
}
