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
