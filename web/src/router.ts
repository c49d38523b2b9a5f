import { createRouter, createWebHistory, type RouteLocationNormalized } from 'vue-router'
import { onSignedOut } from './api/request.ts'
import { forgetConversations } from './state/conversations.ts'
import { forgetSession, loadMe, loadModels, me } from './state/session.ts'
import ChatView from './views/ChatView.vue'

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', name: 'home', component: ChatView },
    { path: '/c/:id', name: 'chat', component: ChatView },
    { path: '/account', name: 'account', component: () => import('./views/AccountView.vue') },
    { path: '/login', name: 'login', component: () => import('./views/LoginView.vue') },
    { path: '/:rest(.*)', name: 'lost', component: () => import('./views/LostView.vue') },
  ],
})

/** Within this page alone: an address from outside leads nowhere. */
export const returnPath = (to: unknown): string =>
  typeof to === 'string' && /^\/(?![/\\])[^\\]*$/.test(to) && !to.startsWith('/login') ? to : '/'

const isOpen = ({ name }: RouteLocationNormalized): boolean => name === 'login' || name === 'lost'

router.beforeEach(async (to) => {
  if (isOpen(to) || me.value) return true
  const [problem] = await Promise.all([loadMe(), loadModels()])
  if (problem?.status === 401) return { name: 'login', query: to.path === '/' ? {} : { to: to.fullPath } }
  return true
})

router.beforeEach((to) =>
  to.name === 'home' && me.value
    ? { name: 'chat', params: { id: me.value.conversationId }, replace: true }
    : true,
)

/** Nobody is logged in any more, by whatever way. */
export const leave = (why: 'ended' | 'signed-out' | 'farewell', keepDrafts: boolean): void => {
  const from = router.currentRoute.value
  const wasIn = me.value !== undefined
  forgetSession(keepDrafts)
  forgetConversations()
  if (from.name === undefined || isOpen(from)) return
  const query = { ...(wasIn ? { said: why } : {}), ...(why === 'ended' ? { to: from.fullPath } : {}) }
  void router.replace({ name: 'login', query })
}

onSignedOut(() => leave('ended', true))
