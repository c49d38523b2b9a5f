import type { Wording } from './keys.ts'

export const en: Wording = {
  greeting: 'Hello, I am Yingda, an AI assistant. Just type a question; send "help" to see what I can do.',
  help: [
    'Type a question and I will answer it with AI. I remember what we said before.',
    'When an answer takes longer, please wait for it; send "more" for what you have not read yet.',
    '',
    'stop: stop the answer being written',
    'retry: have your last question answered again',
    'new: start afresh, without what we said before',
    'model: see the models and choose one',
    'quota: see how many calls you have left',
    'redeem: get calls with a card key',
    'bind: use an API key of your own; unbind: stop using it',
    'login: go on chatting on the page; logout: end logins there',
    'forget me: erase everything of yours here',
    'help: read this again',
  ].join('\n'),
  'onlyText.voice': 'I cannot understand voice messages yet. Please type your question.',
  'onlyText.image': 'I cannot see pictures yet. Please type what you would like to ask.',
  'onlyText.video': 'I cannot watch videos yet. Please type what you would like to ask.',
  'onlyText.location':
    'Thank you for the place, but I only answer text. Please type what you would like to ask.',
  'onlyText.link': 'I cannot open links yet. Please type what you would like to ask.',
  'onlyText.file': 'I cannot read files yet. Please type what you would like to ask.',
  'onlyText.empty': 'There was no text in your message. Please type what you would like to ask.',
  'onlyText.unsupported': 'I cannot see this kind of message. Please type what you would like to ask.',
  'onlyText.sticker': 'Got it! Whatever you would like to ask, just type it.',
  'onlyText.signs':
    'I only got punctuation. Just type your question; send "help" (or tap {tap:help}) to see what I can do.',
  'smallTalk.hello': '',
  'smallTalk.thanks': 'You are welcome! If there is anything else, just ask.',
  'smallTalk.nod': '',
  didYouMean:
    'Did you mean "{word}"? Tap {link}. If not, send your text once more and I will answer it. This one was not counted.',

  codeNote: '(code {code})',
  blocked:
    'You cannot ask questions here at the moment. If you think this is a mistake, please tell the operator the code. {code}',
  tooFast: 'That was a little fast. Please try again in {seconds} s. {code}',
  tooManyWaiting:
    '{max} {max|question|questions} of yours {max|is|are} still waiting. Please give me a moment, then ask again. This one was not counted. {code}',
  refusedWords:
    'Your question has a word in it that may not be said here; it was not counted. Please put it another way. {code}',
  questionTooLong:
    'Your question is too long; it was not counted. Please keep it to about {characters} characters, or ask in parts. {code}',
  noCalls:
    'Not enough calls: this question takes {price}, and you have {left} left. Send "redeem" with a card key to get more, or "bind" with an API key to use your own. {code}',
  noCallsToday:
    'Not enough calls today: this question takes {price}, and you have {left} left. There will be new ones tomorrow; to go on now, send "redeem" with a card key, or "bind" with an API key to use your own. {code}',

  apology: 'Sorry, I could not answer this one. Please ask again in a moment. {code}',
  thoughtTooLong:
    'The model thought about this one until it had to stop, and had said nothing. Please ask something shorter and more precise, or send "model" to choose another model. {code}',
  blockedAnswer:
    'The answer had words in it that may not be said here, so I left it out; it was not counted. Please ask in another way. {code}',
  blockedAnswerCharged:
    'The answer had words in it that may not be said here, so I left it out. Please ask in another way. {code}',
  chargedShown: 'Some of the answer was shown on the page before, so this question was counted.',
  chargedOften:
    'Many questions of today came to nothing, so this one was counted. From tomorrow on they are free again.',
  cutOff:
    '(The answer broke off here. Send "retry" for a new one, or "more" to go on; either counts as a question.)',
  tooLong: '(Too long for one answer. Send "more" to go on; it counts as a question.)',
  stoppedHere: '(stopped)',
  stillThinking: 'Still thinking. Please wait a few seconds, then send "more" (or tap {tap:more}).',
  rest: '{parts} more {parts|part|parts}: send "more" (or tap {tap:more}), or <a href="{url}">read it all</a>.',
  restHere: '{parts} more {parts|part|parts}: send "more" (or tap {tap:more}).',
  untold: '{parts} more {parts|part|parts} of an earlier answer: send "more" (or tap {tap:more}).',
  nothingHeld: 'There is no answer left to read. Just type a question.',
  goOn: 'Please go on.',
  stopping: 'All right, stopped. What was said is kept.',
  nothingToStop: 'No answer is being written right now.',
  nothingToRetry: 'There is no question to answer again yet. Just type one.',
  newConversation: 'All right, we start afresh, without what we said before. Just type a question.',

  quotaTotal: 'You have {remaining} {remaining|call|calls} left:',
  quotaGrant: '· {kind}: {remaining}, until {until}',
  quotaGrantForever: '· {kind}: {remaining}, no end date',
  'grantKinds.trial': 'Trial',
  'grantKinds.daily': 'Today',
  'grantKinds.card': 'Card key',
  'grantKinds.operator': 'From the operator',
  quotaOwnKey:
    'You use your own key ({channel}, ending in {tail}); your questions take no calls. Send "unbind" to stop using it.',
  quotaNone:
    'You have no calls left. Send "redeem" with a card key to get some, or "bind" with an API key to use your own.',

  redeemHow:
    'Please send "redeem" and your card key, such as: redeem ABCDEF-GHJKMN-… You can also just send me the key.',
  redeemed:
    'Redeemed: {calls} more {calls|call|calls}, until {until}. You now have {remaining} in all. Just type a question.',
  redeemedForever:
    'Redeemed: {calls} more {calls|call|calls}, with no end date. You now have {remaining} in all. Just type a question.',
  redeemedCards:
    'Redeemed: {cards} card keys, {calls} more {calls|call|calls}. You now have {remaining} in all. Just type a question.',
  restNotAsked: '(The rest of your message was not taken as a question. To ask it, send it on its own.)',
  cardSeen:
    'There is a card key in this, so I did not pass it on to the AI, and no calls were used. To redeem it, send the key alone; to ask, send your question without it.',
  cardMalformed:
    'This card key seems to be incomplete: it has 8 groups of 6 characters. Please check it and send it again; capitals, spaces and dashes do not matter.',
  cardRefused:
    'This card key cannot be redeemed. Please check it and send it again; if it is right as it is, please tell the operator the code. {code}',
  cardAlreadyYours:
    'You have already used this card key on {date}; its calls are yours. Send "quota" to see them (or tap {tap:quota}).',
  cardTooLate:
    'This card key had to be redeemed by {date} and is no longer valid. Please ask whoever sold it to you.',
  cardTooManyTries:
    'Too many wrong card keys. Please check yours, and try again in {minutes} {minutes|minute|minutes}.',

  bindHow:
    'Please send "bind" and your own API key, such as: bind sk-… To name a channel, send: bind CHANNEL KEY. Channels that take keys: {channels}',
  bound:
    'Your key is bound ({channel}, ending in {tail}). From now on your questions use it and take no calls; send "unbind" to stop using it. To be safe, please delete your message with the key from this chat.',
  bindMalformed:
    'This does not look like a key: it is a run of letters, digits and signs without spaces. Please copy all of it and send "bind KEY".',
  bindTooManyTries:
    'Too many wrong keys. Please check yours, and try again in {minutes} {minutes|minute|minutes}.',
  bindRefused:
    'The provider does not accept this key, so I did not keep it. Please check that it is complete and still valid, then bind it again.',
  bindNoCredit:
    'The provider knows this key, but says it has no credit left or is used too often just now, so I did not keep it. Please top it up, bind it again in a few minutes, or use another one.',
  bindUnreachable:
    'This key could not be tried just now, so I did not keep it. Please bind it again in a few minutes.',
  bindUnknownChannel:
    'There is no such channel that takes keys. Please choose one of these and bind again: {channels}',
  bindNotOffered: 'You cannot bind a key of your own here. To get more calls, send "redeem" with a card key.',
  keySeen:
    'There seems to be an API key in this. To be safe I neither passed it on to the AI nor kept it, and no calls were used. To ask, send your question without the key; if it is no key, please write it another way. You may want to delete the message from this chat.',
  unbound:
    'Unbound: your key is no longer kept here. From now on your questions take calls; send "quota" to see how many are left.',
  nothingBound: 'You have not bound a key. To use your own, send "bind".',
  ownKeyFailed:
    'Your own key did not work for this question, and none of your calls here were used. Please check the key, then bind it again, or send "unbind" to use calls instead. {code}',

  modelsHead: 'Models you can use:',
  modelLine: '· {name}, {price} {price|call|calls} a question',
  modelLineChosen: '✓ {name}, {price} {price|call|calls} a question (in use)',
  modelsHow: 'Send "model" and a name to choose another.',
  modelsNone: 'There is no model to ask yet. Please look again later.',
  modelChosen:
    'All right, {name} will answer from now on, for {price} {price|call|calls} a question. Just type one.',
  modelUnknown: 'There is no model called {name}. Send "model" to see which there are (or tap {tap:model}).',
  modelGone:
    'The model you chose, {name}, is no longer offered; this question was not counted. Send "model" to choose another (or tap {tap:model}), then ask again. {code}',

  pageNotOpen: 'The page is not open yet, so there is nothing to log in to. Just type a question here.',
  loginCode:
    'Your login code: {digits} (good for {minutes} {minutes|minute|minutes}). Type it on {page} only, and tell it to nobody.',
  loginDevice:
    'It works only on the login page opened at {time} in {device}. If that was not you, there is nothing to do.',
  unknownDevice: 'some browser',
  loginExpired:
    'This login QR code has expired. Please load the page again and scan the new one, or send "login" (or tap {tap:login}) and type the code you get on the page.',
  loginMarkOver:
    '"login {mark}" of the page is no longer good. Please load the page again and send the new one, or just send "login" (or tap {tap:login}).',

  loggedIn:
    'Your account was just logged in on the page: {devices}. If that was not you, send "logout" (or tap {tap:logout}).',
  loggedOut:
    'All {sessions} {sessions|login|logins} on the page {sessions|has|have} ended, and codes not used yet are void. To use the page again, send "login".',
  nowhereLoggedIn: 'No page is logged in, and codes not used yet are void. To use the page, send "login".',

  forgetAsk:
    'Shall I erase your data? Your conversations and the key you bound will be gone, and the calls you have left are lost; none of it can be brought back. If you are sure, reply "confirm delete" within 10 minutes; anything else you send calls it off.',
  forgotten:
    'Erased: your conversations, the key you bound and the calls you had left are gone. You are always welcome to type a question.',
  forgetNothing: 'There is nothing of yours to erase here. Just type a question.',
  forgetTooLate:
    'There was nothing waiting to be confirmed, so nothing was erased. If you still want to, send "forget me" again.',

  forgetKept:
    'Nothing was erased, all of your data is here. Only "confirm delete" erases it; if you still want to, send "forget me" again.',
  dataKept: '(Nothing was erased, all of your data is here.)',

  aiLabel: '(AI-generated)',
  systemPrompt:
    "You are the AI assistant of a WeChat Official Account. Answer in the asker's language, accurately and briefly, fit to be read on a phone.",
}
