import type { ChannelFault } from '../../base/channel-error.ts'
import type { ProviderRefusal } from './complaint.ts'

/**
 * Whose fault a refusal is. Many providers say 400 for everything, and in their own language: what they say counts before
 * the status. Whatever is known neither way is the question's own fault when the status says so.
 */
export const faultOf = ({ status, complaint }: ProviderRefusal): ChannelFault => {
  const { words, isPage } = complaint
  const isAboutAccess = [401, 402, 403, 429].includes(status)
  // A page in front of the API: a proxy's own words, in which nothing is about the question.
  if (!isPage) {
    const found = SAYINGS.find(
      ([fault, saying]) => !(isAboutAccess && ASKED_FAULTS.includes(fault)) && saying.test(words),
    )
    // A key that may not see what is not there is no refused key.
    if (status === 404 && found?.[0] === 'unauthorized' && MODEL.test(words)) return 'not-found'
    if (found && (status !== 403 || found[0] !== 'not-found')) return found[0]
    // OpenRouter and Azure tell of their moderation by a 403.
    if (status === 403 && CONTENT.test(words)) return 'content-filter'
  }
  return faultOfStatus(status, isPage)
}

const faultOfStatus = (status: number, isPage: boolean): ChannelFault => {
  if (status === 401 || status === 403) return 'unauthorized'
  // No balance left: https://api-docs.deepseek.com/quick_start/error_codes
  if (status === 402 || status === 429) return 'rate-limited'
  // Nobody but a web server says these in a page.
  if (isPage && (status === 404 || status === 405)) return 'web-page'
  if (status === 404 || status === 410) return 'not-found'
  if (status === 408) return 'timeout'
  // A proxy's limit: another channel may have none, and a shorter history may pass.
  if (status === 413) return 'too-long'
  if (status === 451) return 'region'
  // Every other refusal is of whatever stands before this channel, or of a question in no form of ours.
  return (status === 400 || status === 422) && !isPage ? 'bad-request' : 'unavailable'
}

const CONTENT =
  /content[_ -]?(?:filter|polic|safety|moderation|security|inspection|violation|management)|data_?inspection|inappropriate|moderat|risk[_ -]?control|sensitive[_ -]?(?:word|content|info|data)|safety (?:system|setting|filter|reason|polic)|prohibited[_ -]content|responsible ?ai|usage polic|内容安全|敏感|违规|违反.{0,10}(?:规定|政策|法律|法规|协议|内容)|不安全|不合规|(?:内容|文本|输入|输出|信息).{0,8}(?:风控|审核)|有害|コンテンツ(?:フィルタ|ポリシー)|content exists risk|(?:considered|is) high[_ -]risk|(?<!case)[_ ]sensitive\b|security check/

const TOO_LONG =
  /context[_ -]?(?:length|window|size|limit)|maximum context|max(?:imum)?[_ ]?(?:input|prompt|seq|sequence)[_ ]?(?:length|tokens?|size|len)|(?:prompt|input|messages?|request|conversation|question|query|text)[a-z' ]{0,30}(?:too (?:long|large|big)|exceed)|too many (?:input |prompt )?tokens|exceed[a-z0-9, ]{0,40}(?:max\w* |context )[a-z0-9 ]{0,20}(?:tokens|length)|string too long|range of input length|reduce (?:the |your )?(?:length|prompt|messages?|input|context|size)|tokens? (?:limit|count|length) (?:is )?exceed|上下文.{0,10}(?:长度|过长|超)|(?:输入|文本|内容|消息|提示词?|请求|对话|prompt|tokens?).{0,12}(?:过长|太长|超长|超出|超过)|超(?:出|过).{0,12}(?:长度|上下文|token|输入)|トークン.{0,10}(?:超|長)|長すぎ|너무 깁|слишком длинн|zu lang|trop long|demasiado larg|expected maxlength|(?:^|\n)token limit(?:\n|$)/

const BALANCE =
  /arrear|insufficient[_ -]?(?:account[_ -]?|user[_ -]?|remaining[_ -]?)?(?:balance|quota|fund|credit)|(?:balance|credits?|quota|funds)\b[a-z' ]{0,30}(?:insufficient|exhaust|exceed|not enough|too low|deplet|used up|run out|runs out|ran out|expired|is low|negative)|not enough (?:balance|credit|quota|fund)|no (?:balance|credits?|quota)\b|out of (?:credit|quota)|good standing|billing|payment|overdue|recharge|top[ -]up|exceeded your (?:current )?quota|余额|欠费|欠款|额度|配额|充值|餘額|額度|残高|クレジット|잔액|크레딧|недостаточно средств|баланс|solde insuffisant|guthaben|saldo insuficiente|free tier[a-z ]{0,30}(?:exhaust|used up|exceed)|budget[a-z_ ]{0,20}exceeded/

const REGION =
  /unsupported[_ -](?:country|region|location)|(?:country|region|territory|location)\b[a-z, ]{0,40}(?:not (?:supported|available|allowed)|unsupported|restricted|blocked|forbidden)|not (?:supported|available|allowed) (?:in|for|from) (?:your|this) (?:country|region|location|area|territory)|geo[_ -]?(?:block|restrict)|(?:地区|区域|国家|所在地).{0,12}(?:不支持|限制|不可用|受限)|不支持.{0,8}(?:地区|区域|国家)/

const KEY =
  /(?:invalid|incorrect|wrong|expired|revoked|malformed|unknown|bad|missing)[_ -]?(?:the |your )?(?:api|access|auth\w*|secret)?[_ -]?(?:key|credentials?|token)\b|\b(?:api|access|secret|auth\w*)[_ -]?(?:keys?|tokens?)\b[a-z':. ]{0,30}(?:invalid|incorrect|not valid|expired|revoked|disabled|not found|not exist|rejected|missing|wrong|suspended|required)|\b(?:key|token|credentials?) (?:is |was |has )?(?:been )?(?:invalid|incorrect|not valid|expired|revoked|disabled)|key[_ -]?(?:invalid|expired|disabled|revoked)|unauthori[sz]ed|unauthenticated|authenticat\w* (?:fail|error|requir)|(?:authentication|auth|permission)[_ -]error|authorization fail|permission[_ ]denied|access denied|login fail|not authori[sz]ed|account[a-z' ]{0,20}(?:suspend|deactivat|disabled|banned|locked)|无效的?.{0,6}(?:令牌|密钥|秘钥|key|token|凭证)|(?:令牌|密钥|秘钥|api ?key|access ?key|\bkey\b|凭证|身份|金鑰).{0,12}(?:无效|错误|不正确|失效|过期|不存在|失败|禁用|不合法|有误|未提供|不能为空|無效)|(?:账户|账号|帐户|帐号|实名).{0,14}(?:未通过|冻结|停用|封禁|封停|风控|异常|受限|禁用|未认证|未完成)|鉴权|认证失败|身份验证|未授权|无权|没有权限|(?:apiキー|キー|認証).{0,10}(?:無効|正しくありません|失敗|期限)|인증.{0,6}(?:실패|오류)|키.{0,6}(?:유효하지|잘못)|неверный.{0,12}ключ|ключ.{0,20}недействит|clé.{0,20}(?:invalide|incorrecte)|clave.{0,20}(?:inv[aá]lida|incorrecta)|schlüssel.{0,20}(?:ungültig|falsch)|authfailure|authentication is invalid|security token[a-z ]{0,40}invalid|signature[a-z ]{0,20}(?:verif|match|invalid)|authorization header|auth(?:entication)? credentials|\b(?:ip|address)\b.{0,30}(?:white|allow)[- ]?list|白名单|(?:키|clé|clave|chave|chiave|khóa|مفتاح|klucz|anahtar|kunci|sleutel|ключ|schlüssel).{0,30}(?:inv[aáà]lid|non valid|không hợp lệ|غير صالح|올바르지|nieprawidł|geçersiz|tidak valid|ongeldig|неверн)/

const MODEL =
  /model[_ -]?not[_ -]?(?:found|exist|supported|available|open)|no[_ ]such[_ ]model|\b(?:unknown|invalid|unsupported|nonexistent|unrecogni[sz]ed|deprecated|retired)[_ ](?:model|engine|deployment)\b|\b(?:models?|deployment|engine)\b.{0,80}?(?:not exist|n't exist|not found|no longer|deprecated|retired|decommission|discontinu|not available|unavailable|not supported|unsupported|not a valid|not valid|invalid|sunset|shut ?down|been removed|not activated|not enabled|not open|offline|could not be found)|not a valid model|no available channel|模型.{0,40}(?:不存在|下线|下架|不可用|未开通|无效|未找到|找不到|不支持|停用|废弃|不合法|未上线|停止服务)|(?:不存在|未知|无效|没有|找不到|不支持)的?.{0,8}模型|无可用渠道|模型.{0,20}(?:無效|不支援)|モデル.{0,40}(?:見つかり|存在し|無効|利用でき|サポート)|모델.{0,40}(?:찾을|존재|지원)|модель.{0,40}(?:не найдена|не существует|недоступна)|mod[èe]le.{0,40}(?:introuvable|n'existe|indisponible)|modell.{0,40}(?:nicht gefunden|existiert nicht|nicht verfügbar)|modelo.{0,40}(?:no existe|no encontrado|não encontrado|não existe)|\bmodel\b.{0,80}?(?:not deployed|isn't supported)|not found the model|llm provider not provided|\b(?:bot|bot_id|app|agent|endpoint)\b.{0,40}(?:not exist|unavailable|not been published)|invalidparametervalue\.model|模型.{0,10}(?:取值|未部署)/

const LIMIT =
  /rate[_ -]?limit|too[_ -]many[_ -]requests|throttl|requests? per (?:second|minute|hour|day)|tokens? per (?:minute|hour|day)|concurren|\b(?:rpm|tpm|rpd|tpd|qps)\b|频繁|限流|并发|速率|频率|調用頻率|レート制限|요청.{0,10}(?:많|초과)|слишком много запросов|(?:usage|request) limits?\b|流控|(?:使用|用量|次数|今日|每日|当日|调用|请求)[^，。a-z]{0,8}上限/

const BUSY =
  /overload|\bbusy\b|saturat|at capacity|temporarily|try again later|internal[_ ](?:server )?error|饱和|繁忙|拥挤|负载|稍后再试|稍后重试|系统错误|服务.{0,6}(?:异常|不可用)|混雑|과부하|upstream (?:connect|request timeout|timed out|unavailable)|connection (?:reset|refused|timed out)|had an error while/

/** What is said of the question: where the status is about access it is a quotation. */
const ASKED_FAULTS: readonly ChannelFault[] = ['content-filter', 'too-long']

/** In this order: what comes first is said with the words of what comes after. */
const SAYINGS: readonly (readonly [ChannelFault, RegExp])[] = [
  ['rate-limited', /tokens? per (?:minute|hour|day)|\b(?:tpm|tpd|rpm)\b/],
  ['content-filter', CONTENT],
  ['too-long', TOO_LONG],
  ['rate-limited', BALANCE],
  ['region', REGION],
  ['unauthorized', KEY],
  ['rate-limited', LIMIT],
  ['not-found', MODEL],
  ['unavailable', BUSY],
]
