import createDOMPurify from 'dompurify'

// Everything was written by the parser, the highlighter or the typesetter already. This is the second lock on the door.
const TAGS = [
  ...[
    'p',
    'h2',
    'h3',
    'h4',
    'h5',
    'h6',
    'ul',
    'ol',
    'li',
    'blockquote',
    'hr',
    'br',
    'a',
    'em',
    'strong',
    's',
    'mark',
    'sub',
    'sup',
  ],
  ...['code', 'pre', 'figure', 'figcaption', 'span', 'div', 'button'],
  ...['table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ...['math', 'mrow', 'mi', 'mn', 'mo', 'ms', 'mtext', 'mspace', 'msup', 'msub', 'msubsup', 'mfrac', 'msqrt'],
  ...['mroot', 'mover', 'munder', 'munderover', 'mtable', 'mtr', 'mtd', 'mstyle', 'mpadded', 'mphantom'],
  ...['menclose', 'mmultiscripts', 'mprescripts', 'merror'],
]
const ATTRIBUTES = [
  ...['class', 'href', 'rel', 'target', 'tabindex', 'role', 'aria-label', 'start', 'type'],
  ...['display', 'mathvariant', 'stretchy', 'fence', 'separator', 'lspace', 'rspace', 'width', 'height'],
  ...['depth', 'voffset', 'accent', 'accentunder', 'columnalign', 'rowspacing', 'columnspacing'],
  ...['columnlines', 'rowlines', 'scriptlevel', 'displaystyle', 'linethickness', 'minsize', 'maxsize'],
  ...['notation', 'mathcolor', 'mathbackground', 'form', 'largeop', 'movablelimits', 'symmetric', 'xmlns'],
]

const purifier = createDOMPurify(window)

export const purify = (html: string): string =>
  purifier.sanitize(html, {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ATTRIBUTES,
    ALLOWED_URI_REGEXP: /^(?:https?:\/\/|mailto:)/i,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    // DOMPurify holds `target` for a danger; every link here has rel=noopener.
    ADD_ATTR: ['target'],
    // All else that is allowed is not an address, and not to be judged as one.
    ADD_URI_SAFE_ATTR: ATTRIBUTES.filter((name) => name !== 'href'),
  })
