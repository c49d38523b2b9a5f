import type { Knex } from 'knex'
import type { OauthStates } from '../../identity/login-by-oauth.ts'

export const createKnexOauthStates = (knex: Knex): OauthStates => ({
  async add({ stateHash, browserHash, expiresAt }) {
    await knex('oauth_states').insert({
      ...{ state_hash: stateHash, browser_hash: browserHash, expires_at: expiresAt },
    })
  },

  async use(stateHash, browserHash, now) {
    const used = await knex('oauth_states')
      .where({ state_hash: stateHash, browser_hash: browserHash })
      .where('expires_at', '>', now)
      .delete()
    return used > 0
  },
})
