/** Reads on until `signal` aborts, then throws its reason at once, whether or not the source has noticed. */
export async function* untilAborted<T>(parts: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = parts[Symbol.asyncIterator]()
  let wake = () => {}
  const aborted = new Promise<'aborted'>((resolve) => {
    wake = () => resolve('aborted')
    signal.addEventListener('abort', wake, { once: true })
  })
  try {
    for (;;) {
      signal.throwIfAborted()
      const next = await Promise.race([iterator.next(), aborted])
      if (next === 'aborted' || next.done) break
      yield next.value
    }
    // A source that heeds the signal may just end.
    signal.throwIfAborted()
  } catch (error) {
    // Or it ends with an error of its own making.
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', wake)
    // Not waited for: it would wait for a source that does not answer.
    void iterator.return?.()?.catch(() => {})
  }
}
