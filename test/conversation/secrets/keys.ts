/** Made for tests: of the shape of a key and of its length, and nobody's. */
const long = (chars: string, length: number) =>
  chars.repeat(Math.ceil(length / chars.length)).slice(0, length)
const base62 = (length: number) => long('4fT9aQz2LmX7cRb0KyW5dHn8GsV1jPe6', length)
const hex = (length: number) => long('9f86d081884c7d659a2feaa0c55ad015', length)

export const KEYS: { [name: string]: string } = {
  'OpenAI, old': `sk-${base62(48)}`,
  'OpenAI project': `sk-proj-${base62(40)}_${base62(30)}-${base62(48)}`,
  'OpenAI service account': `sk-svcacct-${base62(74)}`,
  'OpenAI admin': `sk-admin-${base62(74)}`,
  Anthropic: `sk-ant-api03-${base62(60)}-${base62(30)}AA`,
  OpenRouter: `sk-or-v1-${hex(64)}`,
  DeepSeek: `sk-${hex(32)}`,
  DashScope: `sk-${long('e10adc3949ba59abbe56e057f20f883e', 32)}`,
  Moonshot: `sk-${base62(48)}`,
  SiliconFlow: `sk-${long('abcdefghijklmnopqrstuvwxyz', 48)}`,
  Yingda: `sk-yd-${base62(43)}`,
  'made up': 'sk-test0000000000000000000000',
  Google: `AIzaSy${base62(33)}`,
  'Google, made up': 'AIzaSyTEST00000000000000000000000000000',
  'Google, since 2025': `AQ.${base62(50)}`,
  Volcengine: `AKLT${base62(43)}`,
  ElevenLabs: ['sk', hex(48)].join('_'),
  Telegram: `1234567890:AA${base62(33)}`,
  Groq: `gsk_${base62(52)}`,
  'Groq, made up': 'gsk_TEST0000000000000000000000000000',
  xAI: `xai-${base62(80)}`,
  Zhipu: `${hex(32)}.${base62(16)}`,
  'Zhipu, made up': '0123456789abcdef0123456789abcdef.TestTestTestTest',
  'Hugging Face': `hf_${base62(34)}`,
  Replicate: `r8_${base62(37)}`,
  Perplexity: `pplx-${base62(48)}`,
  Fireworks: `fw_${base62(22)}`,
  NVIDIA: `nvapi-${base62(30)}_${base62(33)}`,
  Cerebras: `csk-${long('4ft9aqz2lmx7crb0', 48)}`,
  Baidu: `bce-v3/ALTAK-${base62(21)}/${hex(40)}`,
  GitHub: `ghp_${base62(36)}`,
  'GitHub, fine-grained': `github_pat_${base62(22)}_${base62(59)}`,
  GitLab: `glpat-${base62(20)}`,
  AWS: 'AKIA4FT9AQZ2LMX7CRB0',
  Tencent: `AKID${base62(32)}`,
  Alibaba: `LTAI${base62(20)}`,
  // In pieces, or whoever looks for leaked keys finds one here.
  Slack: ['xoxb', '123456789012', '1234567890123', base62(24)].join('-'),
  Coze: `pat_${base62(64)}`,
  Dify: `app-${base62(24)}`,
  Stripe: ['sk', 'live', base62(24)].join('_'),
  'JSON Web Token':
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U',
}

/** They have no shape of their own: what is said beside them tells. */
export const BARE_KEYS: { [name: string]: string } = {
  Mistral: base62(32),
  Cohere: base62(40),
  Together: hex(64),
  Azure: hex(32),
  'Volcengine Ark': '4b1f0c9e-73d2-4a58-b6e1-9c0d27f8a315',
  'base 64': 'dGhpcyBpcyBub3QgYSByZWFsIGtleSwgcmVhbGx5IDEyMzQ1Ng==',
}
