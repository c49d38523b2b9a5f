/**
 * How providers write their keys. Each pattern is as much as is needed to know one: the key goes on to the end of its word.
 * They are short, so that a search is linear. `own`: a key that a channel of ours may take.
 */
export type KeyShape = { name: string; pattern: RegExp; own: boolean }

const shape = (name: string, pattern: string, own = false): KeyShape => ({
  name,
  // Not in the midst of a word, unless the word says that a key follows: 「keysk-…」.
  pattern: new RegExp(`(?:(?<![0-9A-Za-z])|(?<=[Kk][Ee][Yy]|[Bb]ind|BIND|[Tt]oken))(?:${pattern})`, 'g'),
  own,
})

/** `sk-` and its kin, of OpenAI, Anthropic, OpenRouter, Moonshot, DeepSeek, DashScope, SiliconFlow and every relay. */
export const SK = shape('sk', 'sk-[\\w-]{16}', true)

export const KEY_SHAPES: readonly KeyShape[] = [
  shape('Google', 'AIza[\\w-]{28}', true),
  shape('Google, since 2025', 'AQ\\.[\\w-]{30}', true),
  shape('Google OAuth', 'ya29\\.[\\w-]{20}|GOCSPX-[\\w-]{20}'),
  shape('Groq', 'gsk_[0-9A-Za-z]{20}', true),
  shape('xAI', 'xai-[0-9A-Za-z]{20}', true),
  shape('Zhipu', '[0-9a-f]{32}\\.[0-9A-Za-z]{16}', true),
  shape('Hugging Face', 'hf_[0-9A-Za-z]{20}', true),
  shape('Replicate', 'r8_[0-9A-Za-z]{20}', true),
  shape('Perplexity', 'pplx-[0-9A-Za-z]{20}', true),
  shape('Fireworks', 'fw_[0-9A-Za-z]{16}', true),
  shape('NVIDIA', 'nvapi-[\\w-]{20}', true),
  shape('Cerebras', 'csk-[0-9a-z]{20}', true),
  shape('Together', 'tgp_v1_[\\w-]{20}', true),
  shape('Voyage', 'pa-[\\w-]{40}', true),
  shape('ModelScope', 'ms-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}', true),
  shape('Coze', '(?:pat|sat)_[0-9A-Za-z]{30}', true),
  shape('Dify, FastGPT', '(?:app|dataset|fastgpt)-[0-9A-Za-z]{24}', true),
  shape('Jina, Tavily', 'jina_[0-9A-Za-z]{20}|tvly-[\\w-]{20}'),
  shape('Baidu', 'bce-v3/ALTAK-[0-9A-Za-z]{10,40}/[0-9a-f]{16}', true),
  shape('GitHub', 'gh[opusr]_[0-9A-Za-z]{20}|github_pat_\\w{20}'),
  shape('GitLab', 'glpat-[\\w-]{16}'),
  shape('AWS', 'A(?:KI|SI|BI)A[0-9A-Z]{16}'),
  shape('Tencent', 'AKID[0-9A-Za-z]{16}'),
  shape('Alibaba', 'LTAI[0-9A-Za-z]{12}'),
  shape('Volcengine', 'AKLT[0-9A-Za-z]{20}'),
  shape('OpenAI session', 'sess-[0-9A-Za-z]{30}'),
  shape('ElevenLabs', 'sk_[0-9a-f]{32}'),
  shape('Mailgun', 'key-[0-9a-f]{32}'),
  shape('Notion, Linear', 'ntn_[0-9A-Za-z]{30}|secret_[0-9A-Za-z]{40}|lin_api_[0-9A-Za-z]{30}'),
  shape('Telegram', '\\d{8,10}:AA[\\w-]{30}'),
  shape('Slack', 'xox[a-z]-[0-9A-Za-z-]{10}|xapp-[0-9A-Za-z-]{20}'),
  shape('Stripe', '[rs]k_(?:live|test)_[0-9A-Za-z]{16}|whsec_[0-9A-Za-z]{20}'),
  shape('npm, PyPI', 'npm_[0-9A-Za-z]{30}|pypi-[\\w-]{40}'),
  shape('SendGrid', 'SG\\.[\\w-]{16,30}\\.[\\w-]{20}'),
  shape('DigitalOcean, Databricks', 'do[op]_v1_[0-9a-f]{30}|dapi[0-9a-f]{32}'),
  shape('LangSmith', 'lsv2_[a-z]{2}_[0-9a-f]{20}'),
]

/** No word has a key's shape, but the key is in the text. */
export const PRIVATE_KEY = /-----BEGIN [A-Z ]{0,30}PRIVATE KEY/
