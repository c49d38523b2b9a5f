import type { ProblemTexts } from './problems.ts'

export const en: ProblemTexts = {
  codeNote: ' (code {code})',
  newTicket:
    ' If you would rather not wait: get a new QR code and scan it, or send "login" with the new digits of the page; the code you get by that works at once. Opening this page inside WeChat or on another device works as well.',
  'malformed-body': {
    title: 'Unreadable request',
    detail: 'The request is not complete JSON. Reload the page and try again.',
  },
  'login-required': {
    title: 'Please log in',
    detail: 'You are not logged in, or no longer. Scan the QR code with WeChat to log in.',
  },
  'wrong-code': {
    title: 'Wrong code',
    detail: 'This code is not right, or was used. Check it, or send "login" to the account for a new one.',
  },
  'expired-code': {
    title: 'The code has expired',
    detail:
      'A code is good for 5 minutes, and this one is too old. Send "login" to the account for a new one.',
  },
  'no-calls': {
    title: 'Not enough calls',
    detail:
      'You have too few calls left for this question. Redeem a card in your account, or bind your own key.',
  },
  'foreign-origin': {
    title: 'Another address',
    detail:
      'The address of this page is not the one that the service is set to, so nothing was done. Please tell the operator which address you opened.',
  },
  blocked: {
    title: 'You cannot ask at the moment',
    detail: 'You cannot ask here at the moment. If you think this is a mistake, tell the operator.',
  },
  'fresh-login-needed': {
    title: 'Please log in once more',
    detail:
      'To be sure it is you, exporting and erasing your data needs a new login. Log in with WeChat again; after that you have half an hour.',
  },
  'not-found': {
    title: 'Not found',
    detail: 'There is nothing of yours here; it may have been deleted. Go back and look again.',
  },
  'card-already-yours': {
    title: 'You have used this card',
    detail: 'You redeemed this card on {date} already; its calls are in your account.',
  },
  'idempotency-key-reused': {
    title: 'Repeated request',
    detail:
      'This idempotency key belongs to a question in another conversation. Reload the page and send it again.',
  },
  'too-large': {
    title: 'Too long',
    detail: 'This is too long and was not taken. Shorten it, or send it in parts.',
  },
  'not-json': { title: 'Wrong format', detail: 'The body has to be JSON (application/json).' },
  'invalid-input': {
    title: 'Something is not right',
    detail: 'Something in the request is not right, and nothing was done. See below, mend it, and try again.',
  },
  'card-in-text': {
    title: 'There is a card key in this',
    detail:
      'There is a card key in this, so it was neither passed on to the AI nor kept. Redeem it in your account; to ask, send it without the key.',
  },
  'card-malformed': {
    title: 'Incomplete card key',
    detail:
      'This card key looks incomplete: it has 8 groups of 6 characters. Check it and try again; case, spaces and dashes do not matter.',
  },
  'card-refused': {
    title: 'Cannot be redeemed',
    detail:
      'This card key cannot be redeemed. Check it and try again; if it is right, tell the operator the code.',
  },
  'card-too-late': {
    title: 'The card has expired',
    detail: 'This card had to be redeemed by {date}. Please ask whoever sold it to you.',
  },
  'key-in-text': {
    title: 'There is an API key in this',
    detail:
      'There seems to be an API key in this, so it was neither passed on to the AI nor kept. To use your own key, bind it in your account; to ask, send it without the key.',
  },
  'own-key-malformed': {
    title: 'Not a key',
    detail:
      'This does not look like a key: letters, digits and signs without a space. Copy all of it and try again.',
  },
  'own-key-refused': {
    title: 'The key was refused',
    detail: 'The provider does not take this key, so it was not kept. Check that it is complete and active.',
  },
  'own-key-no-credit': {
    title: 'No credit on the key',
    detail:
      'The provider says this key has no credit left or is used too often just now, so it was not kept. Top it up, try in a few minutes, or use another key.',
  },
  'own-keys-not-offered': {
    title: 'No own keys here',
    detail: 'You cannot bind your own key here. Redeem a card for more calls.',
  },
  'unknown-channel': {
    title: 'No such channel',
    detail: 'There is no such channel, or it takes no own keys. Choose another.',
  },
  'model-unavailable': {
    title: 'Model not available',
    detail: 'This model is not available now; the question cost nothing. Choose another model and ask again.',
  },
  'words-refused': {
    title: 'Please rephrase',
    detail: 'The question has words that may not be said here; it cost nothing. Please put it another way.',
  },
  'question-too-long': {
    title: 'Too long a question',
    detail: 'Your question is too long; it was not counted. Please shorten it, or ask in parts.',
  },
  'too-many-requests': {
    title: 'Too fast',
    detail: 'That was a little too fast. Try again in {seconds} seconds.',
  },
  'too-many-tries': {
    title: 'Too many tries',
    detail: 'Too many wrong tries. Try again in {minutes} minutes.',
  },
  'login-busy': {
    title: 'Too many are trying',
    detail:
      'Many codes are being tried at the moment, and yours was not. Reload the page and send "login" with the digits it shows: the 6-digit code you get by that need not wait. Or try again in {seconds} seconds.',
  },
  'too-fast': { title: 'Too fast', detail: 'You ask a little too fast. Please wait a moment and try again.' },
  'too-many-waiting': {
    title: 'Questions are waiting',
    detail: 'Earlier questions of yours are still waiting. Please wait a moment; this one cost nothing.',
  },
  'too-many-streams': {
    title: 'Too many open pages',
    detail:
      'Too many pages are open at once, so this one is not kept up to date. Close some and try again in {seconds} seconds.',
  },
  internal: {
    title: 'Something went wrong',
    detail:
      'Something went wrong on our side. Please try again in a moment. If it stays, tell the operator the trace id.',
  },
  'store-stuck': {
    title: 'Busy at the moment',
    detail: 'This cannot be done right now. Please try again in {seconds} seconds.',
  },
  'own-key-unreachable': {
    title: 'Could not be tried',
    detail: 'The key could not be tried now, so it was not kept. Please try again in a few minutes.',
  },
  'oauth-unavailable': {
    title: 'No one-tap login',
    detail: 'One-tap login is not available here now. Please log in with a code.',
  },
}
