import { z } from 'zod'

const button = z.looseObject({ name: z.string().min(1) })
const menu = z.object({ button: z.array(button.extend({ sub_button: z.array(button).max(5).optional() })) })

/**
 * The custom menu set by API.
 * https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu.html
 */
export const createCustomMenu = () => {
  let current: z.infer<typeof menu> | undefined
  return {
    create(body: unknown): number {
      const asked = menu.safeParse(body)
      if (!asked.success) return 40017
      if (asked.data.button.length < 1 || asked.data.button.length > 3) return 40016
      current = asked.data
      return 0
    },
    get: (): Record<string, unknown> | number => (current ? { menu: current } : 46003),
    remove(): number {
      current = undefined
      return 0
    },
  }
}

export type CustomMenu = ReturnType<typeof createCustomMenu>
