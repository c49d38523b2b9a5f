import { isLoginScene } from '../identity/login-tickets.ts'
import type { Said } from './incoming.ts'

/** What the QR code of the page said that somebody scanned, followers or not; undefined for any other act. */
export const loginSceneOf = (said: Said): string | undefined => {
  if (said.kind !== 'scanned' && said.kind !== 'followed') return undefined
  return said.scene !== undefined && isLoginScene(said.scene) ? said.scene : undefined
}
