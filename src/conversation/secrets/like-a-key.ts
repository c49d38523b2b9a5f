export const isUuid = (word: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(word)

/** A name as people and programs make them: words and short numbers, joined by signs or by capitals. */
export const isWordy = (word: string): boolean => {
  const pieces = word.split(/[-_./+=~:]/)
  return !isUuid(word) && pieces.every(isWordyPiece) && (word.match(/\d/g)?.length ?? 0) <= 12
}

const isWordyPiece = (piece: string): boolean => {
  if (/^\d{0,8}$/.test(piece)) return true
  if (!/^[A-Za-z]*(?:\d{1,4}[A-Za-z]*)?$/.test(piece)) return false
  // Between small letters, capitals and digits: in a random row nearly every other character.
  const changes = piece.match(/[a-z](?=[A-Z0-9])|[A-Z](?=[a-z0-9])|\d(?=[A-Za-z])/g)?.length ?? 0
  return changes <= piece.length / 3 + 1
}

/** What stands in the place of a key in documentation. */
export const isPlaceholder = (word: string): boolean =>
  /x{6}|X{6}|^[xX_-]+$|\.{3}|\*{3}|EXAMPLE|your[-_]|YOUR[-_]|[-_]here|[-_]HERE/.test(word) ||
  /^(.)\1*$/.test(word)

/** How many characters before and behind a word are asked what it is. */
const NEAR_CHARS = 24
const SAYS_KEY =
  /(?:key|密钥|密匙|秘钥|钥匙|令牌|凭证|凭据|密码|口令|キー|ключ|clé|clave|passwd|pwd|token|secret|bearer|绑定|綁定|bind|password|credentials?)[^。！？!?;；\n]{0,16}\n{0,3}[^。！？!?;；\n]{0,3}$/i
/** Of a cloud's pair; SK is a company, too. */
const SAYS_PAIR = /(?<![A-Za-z])[AS]K["'\s]{0,3}[:=是为-]?["'\s]{0,3}$/i
/** A provider's name just before it: 「mistral：…」. */
const NAMES_PROVIDER =
  /(?:openai|deepseek|mistral|cohere|claude|anthropic|gemini|together|azure|groq|kimi|moonshot|minimax|智谱|讯飞|豆包|火山|通义|百炼|百川|阶跃)\s*的?\s*[:=是]\s*["'`「]?$/i
const THEN_SAYS_KEY =
  /^["'`」』”’】\])>》\s,，]*(?:(?:请|帮我|麻烦|给我|我要)*绑定|(?:(?:这|上面|以上)?[就也]?是|为|=)?\s*(?:我的|我|你的|一个|这个|my|the|a)?\s*(?:[A-Za-z]{0,12}\s?)?(?:的\s*)?(?:api[ _-]?)?(?:key|密钥|秘钥|令牌|token)(?![A-Za-z]))/i
/** Keys of another kind, and words that say what else a row of letters and digits is. */
const SAYS_ELSE =
  /(?:primary|foreign|unique|partition|sort|cache|redis|map|hash|dict|object|public|composite|shard|routing)[ _-]*key|key ?(?:值|为空|不存在)|主键|外键|公钥|哈希|散列|hash|md5|sha-?\d|crc|commit|提交|checksum|校验|摘要|digest|uuid|guid|订单|单号|编号|序列号|签名|指纹|(?:xsec|share|page|csrf|sync|continuation)[_-]?token|fingerprint|https?:|www\./i

/** Whether the words around `text.slice(start, end)` say that it is a key. */
export const saysItIsAKey = (text: string, start: number, end: number): boolean => {
  const before = text.slice(Math.max(0, start - NEAR_CHARS), start)
  const behind = text.slice(end, end + NEAR_CHARS)
  if (SAYS_ELSE.test(before) && !/api[ _-]?key/i.test(before)) return false
  return (
    SAYS_KEY.test(before) ||
    SAYS_PAIR.test(before) ||
    NAMES_PROVIDER.test(before) ||
    THEN_SAYS_KEY.test(behind)
  )
}
