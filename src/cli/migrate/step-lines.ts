import { say } from '../../base/say.ts'
import type { Steps } from '../../wiring/schema.ts'

const KINDS = {
  applied: { zh: '已完成', en: 'applied' },
  pending: { zh: '待执行', en: 'pending' },
  unknown: { zh: '不认识', en: 'unknown' },
  undone: { zh: '已撤销', en: 'undone ' },
}

/** `applied  NAME  expand` */
export const line = (kind: keyof typeof KINDS, name: string, steps: Steps = {}): string => {
  const step = steps[name]
  const said = typeof step === 'object' ? `contract ${step.contract}` : step
  return [say(KINDS[kind]), name, ...(said ? [said] : [])].join('  ')
}

export const nothing = (): string[] => [say({ zh: '没有要做的', en: 'nothing to do' })]
