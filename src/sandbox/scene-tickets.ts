import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../base/clock.ts'
import type { Random } from './account.ts'
import { PERMANENT_SCENE_MAX, TICKET_DEFAULT_SECONDS, TICKET_MAX_SECONDS } from './rules.ts'

export type Ticket = { ticket: string; url: string; scene: string; expiresAt: number }

const scenes = z.object({ scene_id: z.unknown(), scene_str: z.unknown() }).partial()
const request = z.object({
  action_name: z.string(),
  action_info: z.object({ scene: scenes }),
  expire_seconds: z.number().int().positive().optional(),
})

/**
 * Tickets of scene QR codes.
 * https://developers.weixin.qq.com/doc/service/api/qrcode/qrcodes/api_createqrcode.html
 */
export const createSceneTickets = (clock: Clock, random: Random) => {
  const tickets = new Map<string, Ticket>()

  return {
    /** The answer of `/cgi-bin/qrcode/create`, or an error code. */
    create(body: unknown): Record<string, unknown> | number {
      const asked = request.safeParse(body)
      if (!asked.success) return 40053
      const { action_name, action_info, expire_seconds } = asked.data
      if (!/^QR_(LIMIT_)?(STR_)?SCENE$/.test(action_name)) return 40052
      const permanent = action_name.includes('LIMIT')
      const { scene_id, scene_str } = action_info.scene
      const scene = action_name.includes('STR') ? textScene(scene_str) : numberScene(scene_id, permanent)
      if (scene === undefined) return 40053
      const seconds = Math.min(expire_seconds ?? TICKET_DEFAULT_SECONDS, TICKET_MAX_SECONDS)
      const ticket = `gQ${random(70).toString('base64')}`
      const url = `http://weixin.qq.com/q/${random(15).toString('base64url')}`
      const expiresAt = permanent ? Number.POSITIVE_INFINITY : clock.now() + seconds * 1000
      tickets.set(ticket, { ticket, url, scene, expiresAt })
      return { ticket, ...(permanent ? {} : { expire_seconds: seconds }), url }
    },

    /** By the ticket, or by the address inside the QR code. */
    find(code: string): Ticket | undefined {
      return tickets.get(code) ?? [...tickets.values()].find(({ url }) => url === code)
    },

    live: (ticket: Ticket): boolean => clock.now() < ticket.expiresAt,
  }
}

const textScene = (scene: unknown): string | undefined =>
  typeof scene === 'string' && scene.length >= 1 && scene.length <= 64 ? scene : undefined

const numberScene = (scene: unknown, permanent: boolean): string | undefined => {
  const most = permanent ? PERMANENT_SCENE_MAX : 0xffff_ffff
  return Number.isInteger(scene) && Number(scene) >= 1 && Number(scene) <= most ? String(scene) : undefined
}

const SIDE = 21

/**
 * A picture in the place of the QR code: not scannable by a camera, it carries what to scan as `data-ticket`. `ticket`: in
 * letters and digits, + / = _
 */
export const ticketPicture = ({ ticket }: Pick<Ticket, 'ticket'>): string => {
  const bits = createHash('sha512').update(ticket).digest()
  const dark = (x: number, y: number) => ((bits[(x * 7 + y * 13) % bits.length] ?? 0) >> ((x + y) % 8)) & 1
  const squares = Array.from({ length: SIDE * SIDE }, (_, i) => ({ x: i % SIDE, y: Math.floor(i / SIDE) }))
    .filter(({ x, y }) => dark(x, y))
    .map(({ x, y }) => `M${x + 2} ${y + 2}h1v1h-1z`)
    .join('')
  // Nothing in it needs escaping in an attribute.
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 25 29" width="430" height="499" data-ticket="${ticket}">` +
    `<rect width="25" height="29" fill="#fff"/><path d="${squares}"/>` +
    `<text x="12.5" y="27" font-size="2.4" text-anchor="middle">沙盒二维码 sandbox</text></svg>`
  )
}

export type SceneTickets = ReturnType<typeof createSceneTickets>
