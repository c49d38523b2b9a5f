import { StringDecoder } from 'node:string_decoder'
import { MAX_LINE_CHARS } from '../../backup/format.ts'
import { damaged } from '../../backup/load.ts'

/** Lines of UTF-8. A line that is longer than any of ours is not waited for. Text after the last line end is a line. */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new StringDecoder('utf8')
  let pieces: string[] = []
  let chars = 0
  for await (const chunk of chunks) {
    const text = decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
    let from = 0
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', from)) {
      pieces.push(text.slice(from, at))
      yield pieces.join('')
      pieces = []
      chars = 0
      from = at + 1
    }
    pieces.push(text.slice(from))
    chars += text.length - from
    if (chars > MAX_LINE_CHARS) throw damaged()
  }
  const rest = pieces.join('') + decoder.end()
  if (rest) yield rest
  return undefined
}
