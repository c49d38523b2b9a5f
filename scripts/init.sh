#!/bin/sh
# Asks what Yingda needs to go live, makes every password, writes .env and secrets/ (for you alone), and says what to type
# into the account's settings. Asked again it changes nothing unasked. Needs a shell and coreutils.
#   sh scripts/init.sh                              asks
#   sh scripts/init.sh --yes DOMAIN=bot.example.com does not ask
#   sh scripts/init.sh --yes --values - < FILE      NAME=VALUE lines; the way for secrets, which no command line may hold
set -u
cd "$(dirname "$0")/.." || exit 1
umask 077

case "${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}" in [eE][nN] | [eE][nN][_.-]*) language=en ;; *) language=zh ;; esac
# Letters are ASCII's from here on; what is printed goes through as it is.
LC_ALL=C
export LC_ALL

say() { if [ $language = zh ]; then printf '%s\n' "$1"; else printf '%s\n' "$2"; fi; }
die() {
  say "init: $1" "init: $2" >&2
  exit "${3:-1}"
}

# All that is asked or written; those of the second line are nobody else's to see.
OPEN='DOMAIN HTTP_PORT HTTPS_PORT PUBLIC_URL YINGDA_IMAGE WECHAT_APP_ID OPENAI_BASE_URL OPENAI_MODEL'
SEALED='WECHAT_APP_SECRET WECHAT_TOKEN WECHAT_AES_KEY OPENAI_API_KEY'
DERIVED='YINGDA_VERSION COMPOSE_PROFILES ROLE DATABASE_URL_FILE REDIS_URL_FILE'

cr=$(printf '\r')
tab=$(printf '\t')

# Sets `trimmed`.
trim() {
  trimmed=$1
  while :; do
    case $trimmed in
      ' '* | "$tab"*) trimmed=${trimmed#?} ;;
      *' ' | *"$tab" | *"$cr") trimmed=${trimmed%?} ;;
      *) return ;;
    esac
  done
}

# Sets `name` and `value` from a line of .env, quotes removed; `-` where it is none.
read_line() {
  trim "$1"
  line_is=${trimmed#export }
  name=-
  value=
  case $line_is in
    [A-Za-z_]*=*) ;;
    *) return ;;
  esac
  trim "${line_is%%=*}"
  name=$trimmed
  case $name in *[!A-Za-z0-9_]*) name=- && return ;; esac
  trim "${line_is#*=}"
  value=$trimmed
  case $value in
    \'*\'*) value=${value#\'} && value=${value%%\'*} ;;
    \"*\"*) value=${value#\"} && value=${value%%\"*} ;;
    *) value=${value%%" #"*} && trim "$value" && value=$trimmed ;;
  esac
}

# Sets `quoted`: as Docker Compose and the service both read it. Nothing is expanded between single quotes.
quote() {
  case $1 in
    *[!A-Za-z0-9_./:@%+=,-]*) quoted="'$1'" ;;
    *) quoted=$1 ;;
  esac
}

is_one_of() { case " $2 " in *" $1 "*) return 0 ;; *) return 1 ;; esac; }

# Whether a value may stand under a name; else `zh` and `en` say why not. It may be made better on the way: `value`.
check() {
  value=$2
  [ -n "$value" ] || return 0
  zh= en=
  case $value in
    *[\'\\]* | *[[:cntrl:]]*) zh='不能有引号（'\''）、反斜杠或换行' en="must not hold a single quote, a backslash or a line break" ;;
  esac
  if [ -z "$zh" ]; then
    case $1 in
      DOMAIN)
        value=$(printf %s "$value" | tr 'A-Z' 'a-z') && value=${value#http://} && value=${value#https://} && value=${value%%/*}
        case $value in
          *[!A-Za-z0-9.-]* | *..* | .* | -* | *.) zh='这不是域名，例如 bot.example.com' ;;
          *.*) ;;
          *) zh='这不是域名，例如 bot.example.com' ;;
        esac
        case $value in *[!0-9.]*) ;; *) zh='要填域名；没有域名请直接按回车' ;; esac
        en='expected a domain such as bot.example.com; leave it empty if there is none'
        ;;
      HTTP_PORT | HTTPS_PORT)
        case $value in *[!0-9]* | ??????*) zh='端口是 1 到 65535 的数字' ;; *) [ "$value" -ge 1 ] && [ "$value" -le 65535 ] || zh='端口是 1 到 65535 的数字' ;; esac
        en='a port is a number from 1 to 65535'
        ;;
      PUBLIC_URL | OPENAI_BASE_URL)
        case $value in http://?* | https://?*) ;; *) zh='要以 https:// 或 http:// 开头' ;; esac
        case $value in *[!A-Za-z0-9._~:/?%@+=\&,-]*) zh='网址里有不能用的字符' ;; esac
        en='expected an address that begins with https:// or http://'
        value=${value%/}
        ;;
      WECHAT_APP_ID)
        case $value in wx*[!A-Za-z0-9]*) zh='AppID 只有字母和数字' ;; wx????*) ;; *) zh='AppID 以 wx 开头（gh_ 开头的是原始 ID，不是 AppID）' ;; esac
        en='an AppID begins with wx, letters and digits (gh_… is the original id)'
        ;;
      WECHAT_APP_SECRET)
        case $value in *[!A-Za-z0-9]*) zh='AppSecret 是 32 个字母和数字' ;; *) [ ${#value} -eq 32 ] || zh='AppSecret 是 32 个字母和数字' ;; esac
        en='an AppSecret is 32 letters and digits'
        ;;
      WECHAT_TOKEN)
        case $value in *[!A-Za-z0-9]*) zh='Token 是 3 到 32 个字母和数字' ;; *) [ ${#value} -ge 3 ] && [ ${#value} -le 32 ] || zh='Token 是 3 到 32 个字母和数字' ;; esac
        en='a Token is 3 to 32 letters and digits'
        ;;
      WECHAT_AES_KEY)
        case $value in *[!A-Za-z0-9]*) zh='消息加解密密钥是 43 个字母和数字' ;; *) [ ${#value} -eq 43 ] || zh='消息加解密密钥是 43 个字母和数字' ;; esac
        en='an EncodingAESKey is 43 letters and digits'
        ;;
      OPENAI_API_KEY)
        case $value in *[!!-~]*) zh='API Key 里不能有空格和中文' ;; esac
        en='a key has no spaces and nothing but ASCII'
        ;;
      SIZE)
        case $value in simple | full) ;; 1 | 简单) value=simple ;; 2 | 完整) value=full ;; *) zh='请填 1（简单）或 2（完整）' ;; esac
        en='expected simple or full'
        ;;
    esac
  fi
  [ -z "$zh" ]
}

# A number or a name becomes OPENAI_BASE_URL and a proposed model.
choose_provider() {
  case $1 in
    1 | deepseek) OPENAI_BASE_URL=https://api.deepseek.com/v1 proposed=deepseek-chat ;;
    2 | qwen) OPENAI_BASE_URL=https://dashscope.aliyuncs.com/compatible-mode/v1 proposed=qwen-plus ;;
    3 | zhipu) OPENAI_BASE_URL=https://open.bigmodel.cn/api/paas/v4 proposed=glm-4.5-air ;;
    4 | kimi) OPENAI_BASE_URL=https://api.moonshot.cn/v1 proposed=kimi-latest ;;
    5 | doubao) OPENAI_BASE_URL=https://ark.cn-beijing.volces.com/api/v3 proposed=doubao-seed-1-6-250615 ;;
    6 | siliconflow) OPENAI_BASE_URL=https://api.siliconflow.cn/v1 proposed=deepseek-ai/DeepSeek-V3 ;;
    7 | openai) OPENAI_BASE_URL=https://api.openai.com/v1 proposed=gpt-5-mini ;;
    *) return 1 ;;
  esac
}

# ── what is there already ───────────────────────────────────────────────────────────────────────────────────────
for name in $OPEN $SEALED $DERIVED SIZE MODEL_PROVIDER; do eval "$name= old_$name="; done
other= filed=
if [ -e .env ]; then
  [ -r .env ] || die '.env 读不了：请检查它的权限' '.env cannot be read: check its permissions'
  while IFS= read -r line || [ -n "$line" ]; do
    read_line "$line"
    if is_one_of "$name" "$OPEN $SEALED $DERIVED"; then eval "$name=\$value old_$name=\$value"; fi
    case $name in
      APP_SECRET | BACKUP_KEY) [ -z "$value" ] || other=$name ;;
      # Read from a file of the operator's own.
      *_FILE) [ -z "$value" ] || filed="$filed ${name%_FILE}" ;;
    esac
  done < .env
fi
if [ -n "$other" ]; then
  file=secrets/$(printf %s "$other" | tr 'A-Z' 'a-z')
  die ".env 里有 $other：容器从 $file 读它。请把值移到那个文件（只有值，一行），从 .env 删掉这一行，再运行一次" \
    "$other stands in .env: containers read it from $file. Move the value there (alone, on one line), remove the line from .env, run this again"
fi
had_env=$([ -e .env ] && echo 1)
is_one_of full "$(printf %s "$COMPOSE_PROFILES" | tr , ' ')" && SIZE=full

# ── what is said by the caller ──────────────────────────────────────────────────────────────────────────────────
take() {
  is_one_of "$1" "$OPEN $SEALED SIZE MODEL_PROVIDER" ||
    die "不认识 $1；可以用：$OPEN $SEALED SIZE MODEL_PROVIDER" "$1 is unknown; there are $OPEN $SEALED SIZE MODEL_PROVIDER" 2
  if [ "$1" = MODEL_PROVIDER ]; then
    choose_provider "$2" || die "不认识的模型服务商：$2" "an unknown provider of models: $2" 2
    [ -n "$OPENAI_MODEL" ] || OPENAI_MODEL=$proposed
    return
  fi
  check "$1" "$2" || die "$1：$zh" "$1: $en"
  eval "$1=\$value"
}
asks=1
values=
while [ $# -gt 0 ]; do
  case $1 in
    --yes | -y) asks= ;;
    --values)
      [ $# -ge 2 ] || die '--values 后面要写文件名，或者 -（从标准输入读）' '--values wants a file, or - for standard input' 2
      values=$2
      shift
      ;;
    --help | -h)
      say '用法：sh scripts/init.sh [--yes] [--values 文件|-] [名字=值 …]' \
        'usage: sh scripts/init.sh [--yes] [--values FILE|-] [NAME=VALUE …]'
      say "名字：$OPEN SIZE MODEL_PROVIDER；以下是秘密，只能用 --values：$SEALED" \
        "names: $OPEN SIZE MODEL_PROVIDER; secrets, by --values alone: $SEALED"
      exit 0
      ;;
    *=*)
      is_one_of "${1%%=*}" "$SEALED" &&
        die "${1%%=*} 是秘密，不能写在命令行上（别人能看到）：请用 --values -" "${1%%=*} is a secret, and others see command lines: use --values -" 2
      take "${1%%=*}" "${1#*=}"
      ;;
    *) die "不认识 $1；用法：sh scripts/init.sh --help" "$1 is unknown; see sh scripts/init.sh --help" 2 ;;
  esac
  shift
done
take_values() {
  while IFS= read -r line || [ -n "$line" ]; do
    trim "$line"
    case $trimmed in '' | '#'*) continue ;; esac
    read_line "$line"
    [ "$name" != - ] || die '--values 的每一行都是 名字=值' 'every line of --values is NAME=VALUE' 2
    take "$name" "$value"
  done
}
if [ "$values" = - ]; then
  asks=
  take_values
elif [ -n "$values" ]; then
  [ -r "$values" ] || die "读不了 $values" "$values cannot be read"
  take_values < "$values"
fi

# ── questions ───────────────────────────────────────────────────────────────────────────────────────────────────
# Sets `answer`; nothing more comes after the end of the input.
read_answer() {
  answer=
  if [ "$1" = sealed ] && [ -t 0 ]; then
    trap 'stty echo; exit 130' INT TERM
    stty -echo
    IFS= read -r answer || asks=
    stty echo
    trap - INT TERM
    if [ -n "$answer" ]; then say "（收到 ${#answer} 个字符）" "(${#answer} characters)" >&2; else echo >&2; fi
  else
    IFS= read -r answer || asks=
  fi
  trim "$answer"
  answer=$trimmed
}

# ask NAME open|sealed ZH EN [what an empty answer means, ZH EN]
ask() {
  [ -n "$asks" ] || return 0
  is_one_of "$1" "$filed" && return 0
  eval "now=\$$1"
  empty_zh=${5-跳过} empty_en=${6-skip}
  if [ -n "$now" ] && [ "$2" = sealed ]; then empty_zh='保留已有的' empty_en='keep the one there is'
  elif [ -n "$now" ]; then empty_zh=$now empty_en=$now; fi
  while [ -n "$asks" ]; do
    say "$3 [$empty_zh]：" "$4 [$empty_en]: " >&2
    read_answer "$2"
    [ -n "$answer" ] || return 0
    if check "$1" "$answer"; then
      eval "$1=\$value"
      return 0
    fi
    say "  $zh" "  $en" >&2
  done
}

if [ -n "$asks" ]; then
  say '每个问题都可以直接按回车：方括号里是回车的意思。' 'Enter alone takes what stands in brackets.' >&2
fi
ask DOMAIN open '1. 用户访问的域名，例如 bot.example.com（证书会自动申请）' '1. The domain, such as bot.example.com (its certificate is obtained by itself)' '没有域名' 'none'
if [ -z "$DOMAIN" ]; then
  ask HTTP_PORT open '   没有域名就用 http。端口（微信只访问 80 和 443）' '   Without one it is plain http. Port (WeChat calls 80 and 443 alone)' 80 80
  ask PUBLIC_URL open '   用户怎样访问，例如 http://公网IP，或者内网穿透的 https 地址' '   How people reach it, such as http://ADDRESS, or the https address of a tunnel'
fi
ask WECHAT_APP_ID open '2. 公众号的 AppID（mp.weixin.qq.com → 设置与开发 → 开发接口管理）' '2. AppID of the account (mp.weixin.qq.com, 设置与开发, 开发接口管理)'
ask WECHAT_APP_SECRET sealed '3. AppSecret（同一页；没有它就只能在 5 秒内回复）' '3. AppSecret (same page; without it answers are given within 5 seconds alone)'
ask WECHAT_TOKEN sealed '4. 服务器配置的 Token' '4. Token of the server configuration' '生成一个' 'make one'
ask WECHAT_AES_KEY sealed '5. 消息加解密密钥 EncodingAESKey' '5. EncodingAESKey' '生成一个' 'make one'
proposed=
while [ -n "$asks" ]; do
  say '6. 模型由谁提供：1 DeepSeek  2 通义千问  3 智谱  4 Kimi  5 豆包  6 硅基流动  7 OpenAI（大陆的服务器连不上）  或者写一个兼容 OpenAI 的网址' \
    '6. Who provides the model: 1 DeepSeek  2 Qwen  3 Zhipu  4 Kimi  5 Doubao  6 SiliconFlow  7 OpenAI (does not answer from mainland China)  or any OpenAI-compatible address' >&2
  say "   [${OPENAI_BASE_URL:-跳过}]：" "   [${OPENAI_BASE_URL:-skip}]: " >&2
  read_answer open
  [ -n "$answer" ] || break
  choose_provider "$answer" && break
  if check OPENAI_BASE_URL "$answer"; then
    OPENAI_BASE_URL=$value
    break
  fi
  say '  请填 1 到 7，或者以 https:// 开头的网址' '  a number from 1 to 7, or an address that begins with https://' >&2
done
if [ -n "$OPENAI_BASE_URL" ]; then
  ask OPENAI_API_KEY sealed '7. 模型服务商的 API Key' '7. The API key of that provider'
  # The model of another provider is not proposed again.
  [ -z "$proposed" ] || [ "$OPENAI_BASE_URL" = "$old_OPENAI_BASE_URL" ] || OPENAI_MODEL=$proposed
  ask OPENAI_MODEL open '8. 模型名' '8. Model'
fi
ask SIZE open '9. 1 简单（一个进程，SQLite，够几千人用）  2 完整（MySQL、Redis、单独的 worker，要 2 GB 内存）' \
  '9. 1 simple (one process, SQLite, good for thousands of people)  2 full (MySQL, Redis, a worker of its own; 2 GB of memory)' '1 简单' '1 simple'

# ── what follows from it ────────────────────────────────────────────────────────────────────────────────────────
random_hex() { head -c "$1" /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }
# A key of WeChat's: 43 letters and digits that are 32 bytes in base64.
random_letters() { head -c 4096 /dev/urandom | tr -dc "$1" | head -c "$2"; }

[ -n "$YINGDA_VERSION" ] || while IFS= read -r line; do
  case $line in *'"version": "'*) YINGDA_VERSION=${line#*'"version": "'} && YINGDA_VERSION=${YINGDA_VERSION%%'"'*} && break ;; esac
done < package.json
if [ -n "$DOMAIN" ] && { [ -z "$PUBLIC_URL" ] || [ "$DOMAIN" != "$old_DOMAIN" ]; }; then
  PUBLIC_URL=https://$DOMAIN
  case ${HTTPS_PORT:-443} in 443) ;; *) PUBLIC_URL=$PUBLIC_URL:$HTTPS_PORT ;; esac
fi
wants() { eval "[ -z \"\$$1\" ]" && ! is_one_of "$1" "$filed"; }
if wants WECHAT_TOKEN; then WECHAT_TOKEN=$(random_letters A-Za-z0-9 32); fi
# The service wants to know whom a sealed message is for.
if wants WECHAT_AES_KEY && [ -n "$WECHAT_APP_ID" ]; then
  WECHAT_AES_KEY=$(random_letters A-Za-z0-9 42)$(random_letters AEIMQUYcgkosw048 1)
fi

profiles=
for each in $(printf %s "$COMPOSE_PROFILES" | tr , ' '); do [ "$each" = full ] || profiles=${profiles:+$profiles,}$each; done
moves=
[ -z "$had_env" ] || [ "${SIZE:-simple}" = "$([ "$old_ROLE" = api ] && echo full || echo simple)" ] || moves=1
if [ "$SIZE" = full ]; then
  COMPOSE_PROFILES=full${profiles:+,$profiles}
  ROLE=api DATABASE_URL_FILE=/run/secrets/database_url REDIS_URL_FILE=/run/secrets/redis_url
elif [ "$old_ROLE" = api ]; then
  COMPOSE_PROFILES=$profiles ROLE= DATABASE_URL_FILE= REDIS_URL_FILE=
fi

# ── secrets, then .env: nothing there is written over ───────────────────────────────────────────────────────────
if [ -d secrets ] && ! { [ -r secrets ] && [ -w secrets ] && [ -x secrets ]; }; then
  die 'secrets/ 属于容器里的用户，没有改动：请用 sudo sh scripts/init.sh 再运行一次' 'secrets/ belongs to the user of the containers; nothing is changed. Run: sudo sh scripts/init.sh'
fi
mkdir -p secrets config && chmod 700 secrets || die 'secrets/ 建不了：请检查这个文件夹的权限' 'secrets/ cannot be made: check the permissions of this folder'
keep_secret() {
  [ -s "secrets/$1" ] && return
  { printf '%s\n' "$2" > "secrets/.$1.new" && [ -n "$2" ] && mv "secrets/.$1.new" "secrets/$1"; } 2> /dev/null || {
    rm -f "secrets/.$1.new"
    die "secrets/$1 写不了：磁盘是否满了？" "secrets/$1 cannot be written: is the disk full?"
  }
}
secret_of() { IFS= read -r secret < "secrets/$1" || [ -n "$secret" ]; }
if [ -s data/app-secret ]; then IFS= read -r secret < data/app-secret; else secret=$(head -c 32 /dev/urandom | base64); fi
keep_secret app_secret "$secret"
for each in backup_key mysql_password mysql_root_password redis_password grafana_password; do keep_secret $each "$(random_hex 24)"; done
secret_of mysql_password && keep_secret database_url "mysql://yingda:$secret@mysql:3306/yingda"
secret_of redis_password && keep_secret redis_url "redis://:$secret@redis:6379/0"
chmod 600 secrets/*
# The containers read what is mounted from here, whatever the umask of whoever fetched it. Nothing of it is secret.
[ ! -d deploy ] || chmod -R a+rX deploy
# The containers' user reads these.
others=
case $(id -u) in
  0) chown 1000:1000 secrets secrets/* && chown 0:1000 config && chmod 750 config ;;
  1000) ;;
  *) others=1 ;;
esac

changed=
for name in $DERIVED $OPEN $SEALED; do
  eval "[ \"\$$name\" = \"\$old_$name\" ]" || changed="$changed $name"
done
if [ -n "$changed" ]; then
  content= written=
  entry() {
    eval "now=\$$1"
    written="$written $1"
    [ -n "$now" ] || return 0
    quote "$now"
    content="$content$1=$quoted
"
  }
  if [ -e .env ]; then
    while IFS= read -r line || [ -n "$line" ]; do
      read_line "$line"
      if ! is_one_of "$name" "$changed"; then content="$content$line
"; elif ! is_one_of "$name" "$written"; then entry "$name"; fi
    done < .env
  else
    content="# Yingda 应答. .env.example lists every setting; scripts/init.sh writes those below.
"
  fi
  for name in $changed; do is_one_of "$name" "$written" || entry "$name"; done
  # Whoever owned it does so still, whoever runs this: to docker compose it has to be readable.
  { { [ ! -e .env ] || cp -p .env .env.new; } && printf %s "$content" > .env.new && chmod 600 .env.new && mv -f .env.new .env; } 2> /dev/null || {
    rm -f .env.new
    die '.env 写不了，没有改动：磁盘是否满了？' '.env cannot be written and is as it was: is the disk full?'
  }
fi
chmod 600 .env
[ -n "$had_env" ] || [ "$(id -u)" != 0 ] || [ -z "${SUDO_UID:-}" ] || chown "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" .env

# ── what to do with it ──────────────────────────────────────────────────────────────────────────────────────────
# Addresses of this machine that others see; a cloud's server may only know its private one.
public_addresses() {
  for each in $(hostname -I 2>/dev/null); do
    case $each in
      127.* | 10.* | 192.168.* | 169.254.* | 172.1[6-9].* | 172.2[0-9].* | 172.3[01].* | 100.6[4-9].* | 100.[7-9]?.* | 100.1[01]?.* | 100.12[0-7].* | f[cde]*:* | ::1) ;;
      *) printf ' %s' "$each" ;;
    esac
  done
}
addresses=$(public_addresses)
[ -n "$addresses" ] || addresses=$([ $language = zh ] && printf ' （云服务器控制台里的公网 IP）' || printf " (the public address in your cloud's console)")
# What was there already is not shown again.
shown() {
  eval "now=\$$1 old=\$old_$1"
  if is_one_of "$1" "$filed"; then say "（在 $1_FILE 指的文件里）" "(in the file that $1_FILE names)"
  elif [ -z "$now" ]; then say '（先填 AppID，再运行一次）' '(run this again with the AppID)'
  elif [ "$now" = "$old" ]; then say "（没有改动，在 .env 的 $1 一行）" "(as it was: the line $1 in .env)"
  else printf '%s\n' "$now"; fi
}
url=${PUBLIC_URL:-http://…}

say '
完成：.env 和 secrets/ 写好了，只有你能读。请把 secrets/ 复制一份放到别处：没有它，备份也打不开。
接下来：' '
Done: .env and secrets/ are written, for you alone. Keep a copy of secrets/ elsewhere: without it no backup can be read.
Next:'
if [ -n "$DOMAIN" ]; then
  say "1. 把 $DOMAIN 解析到这台服务器：$addresses；安全组放行 80 和 443 端口。大陆的服务器要先完成 ICP 备案。" \
    "1. Point $DOMAIN to this server:$addresses; open ports 80 and 443 in its firewall. In mainland China the domain needs its ICP 备案 first."
else
  say "1. 安全组放行端口 ${HTTP_PORT:-80}。没有域名就没有 https：正式使用前请申请域名，再运行一次。" \
    "1. Open port ${HTTP_PORT:-80} in the firewall. Without a domain there is no https: get one before real use, and run this again."
fi
say '2. 启动：docker compose up -d      看是否就绪：docker compose exec app yingda health' \
  '2. Start it: docker compose up -d      See whether it is ready: docker compose exec app yingda health'
say "3. 打开 mp.weixin.qq.com → 设置与开发 → 开发接口管理。IP 白名单填：$addresses" \
  "3. Open mp.weixin.qq.com, 设置与开发, 开发接口管理. IP 白名单 (IP allowlist):$addresses"
say '4. 同一页的「服务器配置」，服务启动之后再点「提交」：' '4. On the same page under 服务器配置, and 提交 once the service is up:'
say "     服务器地址 URL          $url/wechat/callback" "     URL                     $url/wechat/callback"
say "     令牌 Token              $(shown WECHAT_TOKEN)" "     Token                   $(shown WECHAT_TOKEN)"
say "     消息加解密密钥          $(shown WECHAT_AES_KEY)" "     EncodingAESKey          $(shown WECHAT_AES_KEY)"
say '     消息加解密方式          安全模式' '     消息加解密方式 (mode)   安全模式 (secure)'
say '5. 点「启用」。启用以后，公众号后台设置的自动回复和自定义菜单不再起作用，由本服务回答。' \
  '5. Click 启用. From then on the auto-replies and the menu that were set in that console no longer work: this service answers.'
say '6. 全面检查：docker compose exec app yingda doctor' '6. Have everything checked: docker compose exec app yingda doctor'
[ -n "$WECHAT_APP_ID" ] && [ -n "$WECHAT_APP_SECRET" ] && [ -n "$OPENAI_API_KEY" ] || {
  say '还没填：' 'Still missing:'
  for name in WECHAT_APP_ID WECHAT_APP_SECRET OPENAI_API_KEY; do eval "[ -n \"\$$name\" ]" || printf '     %s\n' "$name"; done
  say '   补上它们：再运行一次 sh scripts/init.sh，然后 docker compose up -d' '   Run sh scripts/init.sh again for them, then docker compose up -d'
}
[ -z "$moves" ] || say '注意：SQLite 和 MySQL 之间的数据不会自己搬过去：见 docs/operating.md 的 transfer。' \
  'Note: what is in SQLite does not move to MySQL by itself, nor back: see transfer in docs/operating.md.'
[ -z "$others" ] || say '注意：容器里的用户（1000）读不了 secrets/ 和 config/：请执行 sudo chown -R 1000:1000 secrets config' \
  'Note: the user of the containers (1000) cannot read secrets/ and config/: sudo chown -R 1000:1000 secrets config'
exit 0
