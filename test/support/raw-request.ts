import { connect } from 'node:net'

export type RawAnswer = { status: number; headers: { [name: string]: string }; body: string }

/** One request as it stands here, Host and version included, which fetch would choose itself. */
export const rawRequest = async (
  url: string,
  path: string,
  headers: { [name: string]: string } = {},
  version = '1.1',
  content = '',
): Promise<RawAnswer> => {
  const { hostname, port, host } = new URL(url)
  const socket = connect(Number(port), hostname)
  const length = content === '' ? {} : { 'content-length': String(Buffer.byteLength(content)) }
  const lines = Object.entries({ host, ...headers, ...length, connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  const [method, target] = path.includes(' ') ? path.split(' ') : ['GET', path]
  socket.write(`${method} ${target} HTTP/${version}\r\n${lines.join('\r\n')}\r\n\r\n${content}`)
  // Not half closed: to the server that would be somebody who has gone.
  const whole = Buffer.concat(await socket.toArray()).toString()
  const [head = '', body = ''] = whole.split('\r\n\r\n')
  const [first = '', ...rest] = head.split('\r\n')
  return {
    status: Number(first.split(' ')[1]),
    headers: Object.fromEntries(
      rest.map((line) => [line.split(':')[0]?.toLowerCase(), line.replace(/^[^:]*: */, '')]),
    ),
    body,
  }
}
