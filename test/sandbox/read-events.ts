/** Reads server-sent events as they come; their data is JSON. */
export const readEvents = async (url: string) => {
  const gone = new AbortController()
  const response = await fetch(url, { signal: gone.signal })
  const events: { name: string; data: ReturnType<typeof Object> }[] = []
  const read = async () => {
    let text = ''
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk
      const whole = text.split('\n\n')
      text = whole.pop() ?? ''
      for (const event of whole) {
        const [, name, data] = event.match(/^event: (.*)\ndata: (.*)$/) ?? []
        if (name && data) events.push({ name, data: JSON.parse(data) })
      }
    }
  }
  const ended = read().catch((error: unknown) => {
    if (!gone.signal.aborted) throw error
  })
  return { events, ended, stop: () => gone.abort() }
}
