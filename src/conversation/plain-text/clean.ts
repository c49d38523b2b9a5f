/**
 * Line ends become `\n`; unpaired surrogates become U+FFFD; control characters go, and so do U+FFFE and U+FFFF, which
 * XML 1.0 cannot carry, and what means nothing in text: the byte order mark, the object replacement character and the
 * noncharacters U+FDD0 to U+FDEF.
 */
export const cleanText = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufdd0-\ufdef\ufdd0-\ufdef\ufeff\ufffc\ufffe\uffff]/g,
      '',
    )

/**
 * WeChat draws `<a href="weixin://bizmsgmenu?…">` in a text message as a link whose tap sends words in the user's name.
 * A model repeats what it was told to repeat, so its answer must not hold such a tag, in code no more than in prose: the
 * client looks for the tag and knows nothing of code. The full-width sign is read the same and means nothing; a zero-width
 * character would be invisible, and a client that drops it would bring the tag back. Other tags stay as they are: they
 * are inert, and code should survive being copied. A bare `weixin://` address, which some clients make tappable, loses
 * its colon in the same way.
 */
export const defuse = (text: string): string =>
  text.replace(/<(?=[\s/]*a(?![\w-]))/gi, '＜').replace(/(weixin):(?=\/\/)/gi, '$1：')

/** No spaces at line ends, at most one blank line in a row, nothing around. */
export const tidy = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
