#!/bin/sh
# 应答的版本 · Versions of Yingda side by side, with Docker Compose on one server. Why it is so: docs/releases.md
#
# The live version is YINGDA_VERSION in .env: what this script ends with is what `docker compose up -d` makes.
#   up VERSION   backup → may the schema change so? → VERSION beside, as `next` → it is ready → front to next
#                → `app` becomes VERSION → it is ready → front to app → next goes
#   rollback     the same road to the version before, without the first two steps; the data stays
# Killed at any moment, one of the two still answers: while the front is at next, app is its second choice. The
# next `up` or `rollback` goes on from whatever it finds; nothing is remembered but .env, the front's file and a history.
set -eu
cd "$(dirname "$0")/.."
# .env alone says which version is live, whatever the shell was told.
unset YINGDA_VERSION NEXT_VERSION

DOCKER=${DOCKER:-docker}
READY_TIMEOUT=${READY_TIMEOUT:-120} # seconds until a started version has to be ready
MIN_FREE_MB=${MIN_FREE_MB:-500}
HISTORY=deploy/releases/history     # time, act, version, version before
UPSTREAM=deploy/live/upstream       # read by the front
LOCK=deploy/releases/lock
PRE='-p yingda-pre -f deploy/docker-compose.pre.yml --project-directory .'
files=                              # which compose files: none named means docker-compose.yml
undo=                               # what is to be taken back when the script ends early: next, app, first

say() { # 中文, English
  case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in en*) echo "$2" ;; *) echo "$1" ;; esac
}
die() { say "没有完成：$1" "not done: $2" >&2; exit 1; }
usage() {
  cat >&2 <<'END'
用法 / usage: scripts/deploy.sh COMMAND
  build VERSION    构建镜像；YINGDA_IMAGE 是仓库地址时改为拉取     builds the image, or pulls it where YINGDA_IMAGE names a registry
  pre VERSION      用数据副本预演，只有本机能访问                  VERSION on a copy of the data, on this machine's PRE_PORT
  pre stop         结束预演，删除副本                              ends that, and deletes the copy
  up VERSION       上线：备份、校验、切换，不断线                  VERSION goes live: backup, check, switch without a gap
  rollback         回到上一个版本，数据保留                        back to the version before, with all data
  status           现在是什么版本，有没有没做完的事                what is live, and what was left unfinished
VERSION: 1 – 64 个字母、数字或 . _ - / letters, digits, dots, - and _ (v1.2.3 = 1.2.3)
END
  exit 2
}

# The lock below is not for what is started here: it ends with this script.
# sudo keeps no variables unless they are named.
case $DOCKER in 'sudo '[!-]*) DOCKER="sudo --preserve-env=NEXT_VERSION,COMPOSE_PROFILES,COMPOSE_PROJECT_NAME,COMPOSE_FILE,YINGDA_IMAGE ${DOCKER#sudo }" ;; esac
docker() { command $DOCKER "$@" 9>&-; }
compose() { docker compose $files "$@"; }
in_pre() ( files=$PRE; "$@" )
setting() { sed -n "s/^ *\(export  *\)\{0,1\}$1 *= *//p" .env | tail -n 1 | sed 's/[[:space:]]#.*//; s/[[:space:]]*$//' | tr -d "\"'"; }
running() { [ -n "$(compose ps -q --status running "$1")" ]; }
healthy() { compose exec -T "$1" yingda health >/dev/null 2>&1; }
listens() { grep -qsi ":$(printf %04x "$1") 0*:0000 0A" /proc/net/tcp /proc/net/tcp6; } # PORT of this machine
has_image() { docker image inspect "$image:$1" >/dev/null 2>&1; }
in_live() { # also where the process of the live version does not stay up: then in a container of its own
  if running app; then compose exec -T app yingda "$@"; else compose run --rm -T --no-deps app yingda "$@"; fi
}

wait_for() { # SERVICE: until it is ready. Gives up when it ends; shows then what it said last
  end=$(($(date +%s) + READY_TIMEOUT))
  until healthy "$1"; do
    if ! running "$1" || [ "$(date +%s)" -ge "$end" ]; then
      say "—— $1 没有就绪，它最后的日志：" "—— $1 is not ready. What it said last:" >&2
      compose logs --no-log-prefix --tail 15 "$1" >&2 || :
      return 1
    fi
    sleep 0.5
  done
}

# ── the three things that are changed ──

set_version() { # in one step, everything else in .env as it was
  [ "$(setting YINGDA_VERSION)" != "$1" ] || return 0
  cp -p .env .env.new && sed "s/^ *\(export  *\)\{0,1\}YINGDA_VERSION *=.*/YINGDA_VERSION=$1/" .env >.env.new &&
    { grep -q '^YINGDA_VERSION=' .env.new || echo "YINGDA_VERSION=$1" >>.env.new; } &&
    grep -qxF "YINGDA_VERSION=$1" .env.new && [ "$(wc -l <.env.new)" -ge "$(wc -l <.env)" ] && mv .env.new .env ||
    die '写不了 .env（磁盘满了？df -h）' 'cannot write .env (disk full? df -h)'
}

front() { # SERVICE: everything goes there. Requests under way end where they began
  case $1 in
    # When next is there no more, as after a reboot, app is asked.
    next) to='to next:8080 app:8080\nlb_policy first\nfail_duration 3s\n' ;;
    app) to='to app:8080\n' ;;
  esac
  # shellcheck disable=SC2059
  printf "$to" >"$UPSTREAM.new" && mv "$UPSTREAM.new" "$UPSTREAM" || return
  running front || return 0
  said=$(compose exec -T front caddy reload --config /etc/caddy/Caddyfile 2>&1) || { echo "$said" >&2; return 1; }
}
front_at() { if grep -q '^to next' "$UPSTREAM" 2>/dev/null; then echo next; else echo app; fi; }

remove_next() { [ -z "$(compose ps -aq next)" ] || compose rm -sf next >/dev/null; }

# ── what was ──

record() { echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) $1 $2 ${3:--}" >>"$HISTORY"; } # ACT VERSION BEFORE
stack() { # the versions one may go back to, the live one last
  [ ! -f "$HISTORY" ] || awk '
    NF != 4 { next }
    $2 == "up" { if ($4 != "-" && $4 "" != s[n] "") s[++n] = $4; s[++n] = $3 }
    $2 == "rollback" { while (n > 1 && s[n] "" != $3 "") n-- }
    END { for (i = 1; i <= n; i++) print s[i] }' "$HISTORY"
}
newest() { stack | tail -n 1; }
previous() { stack | grep -vxF -e "$live" | tail -n 1; }

# ── checks ──

check() {
  [ -f .env ] || die '没有 .env：先运行 scripts/init.sh' 'there is no .env: run scripts/init.sh first'
  docker info >/dev/null 2>&1 ||
    die 'Docker 没有运行，或你无权使用：sudo systemctl start docker，或用 sudo 再试' \
      'Docker does not run, or you may not use it: sudo systemctl start docker, or try with sudo'
  compose_is=$(compose version --short 2>/dev/null) &&
    echo "${compose_is#v}" | awk -F. '$1 ~ /^[0-9]+$/ { old = $1 < 2 || ($1 == 2 && $2 < 24) } END { exit old }' ||
    die '需要 Docker Compose 2.24 或更新：apt-get install docker-compose-v2（Debian 上是 docker-compose）' \
      'Docker Compose 2.24 or later is needed: apt-get install docker-compose-v2 (on Debian docker-compose)'
  mkdir -p deploy/releases deploy/live 2>/dev/null && [ -w . ] && [ -w deploy/live ] && (: >>"$LOCK") 2>/dev/null ||
    die "写不了 $(pwd)：用它的主人或 sudo 运行" "cannot write in $(pwd): run it as its owner, or with sudo"
  image=${YINGDA_IMAGE:-$(setting YINGDA_IMAGE)}; image=${image:-yingda}
  live=$(setting YINGDA_VERSION); live=${live:-dev}
  profiles=${COMPOSE_PROFILES-$(setting COMPOSE_PROFILES)}
  apps=app
  case ,$profiles, in *,full,*) apps='app worker' ;; esac
  export NEXT_VERSION="${version:-$live}" COMPOSE_PROFILES="${profiles:+$profiles,}next"
}
check_disk() {
  free=$(df -Pk . | awk 'NR == 2 { print int($4 / 1024) }')
  [ "$free" -ge "$MIN_FREE_MB" ] ||
    die "磁盘只剩 $free MB，至少要 $MIN_FREE_MB MB：docker image prune，删掉旧备份" \
      "only $free MB of disk left, $MIN_FREE_MB MB are needed: docker image prune, delete old backups"
}
check_image() {
  has_image "$1" || die "本机没有镜像 $image:$1：先运行 scripts/deploy.sh build $1" \
    "there is no image $image:$1 here: run scripts/deploy.sh build $1 first"
}
busy() { command -v flock >/dev/null || return 1; held=0; flock -n "$LOCK" true || held=$?; [ "$held" = 1 ]; }
alone() { # one at a time; the kernel frees the lock of whoever is killed
  ! busy || die "另一个 deploy.sh 正在运行（进程 $(cat "$LOCK")），等它结束" "another deploy.sh is running (process $(cat "$LOCK")): wait for it"
  exec 9>"$LOCK"
  ! command -v flock >/dev/null || flock -n 9 || exit 1
  echo $$ >&9
}

# ── commands ──

build() {
  check; check_disk
  case $image in
    */*) docker pull "$image:$1" || die "拉取不到 $image:$1：检查版本号、网络和 docker login" "cannot pull $image:$1: check the version, the network and docker login" ; return ;;
  esac
  if has_image "$1" && { [ "$1" = "$live" ] || [ "$1" = "$(previous)" ]; }; then
    die "$1 正在使用或要留作回退，不能覆盖：换一个版本号" "$1 is live or kept for rollback and is not overwritten: choose another version"
  fi
  memory=$(awk '/^(MemAvailable|SwapFree):/ { kb += $2 } END { print int(kb / 1024) }' /proc/meminfo 2>/dev/null || echo 9999)
  [ "$memory" -ge 1500 ] || say "内存只有 $memory MB 可用，构建可能失败：加 2 GB swap，或用 YINGDA_IMAGE 拉取现成镜像" \
    "only $memory MB of memory free, the build may fail: add 2 GB of swap, or pull an image by YINGDA_IMAGE" >&2
  commit=$(git rev-parse --short HEAD 2>/dev/null || echo unknown)
  # The mirrors that docker-compose.yml builds with, too.
  base=$(setting NODE_IMAGE)
  docker build -f deploy/Dockerfile --build-arg "VERSION=$1" --build-arg "COMMIT=$commit" \
    --build-arg "NPM_REGISTRY=$(setting NPM_REGISTRY)" ${base:+--build-arg "NODE_IMAGE=$base"} -t "$image:$1" . ||
    die '镜像没有建成，原因见上' 'the image was not built, for the reason above'
  say "已建成 $image:$1。预演：scripts/deploy.sh pre $1；上线：scripts/deploy.sh up $1" \
    "built $image:$1. Look at it: scripts/deploy.sh pre $1; go live: scripts/deploy.sh up $1"
}

unfinished() { [ "$(front_at)" = next ] || [ -n "$(compose ps -aq next)" ]; }
settle() { # what a broken-off run left. `beside`: next carries the front, because app cannot
  beside=
  if [ "$(front_at)" = next ] && ! healthy app && healthy next; then beside=1; return; fi
  [ "$(front_at)" = app ] || front app
  remove_next
}

take_back() { # whatever ends the script early comes by here
  status=$?
  set +e
  trap '' INT TERM HUP
  case $undo in
    next) front app; remove_next ;;
    first) set_version "$live"; compose rm -sf $apps >/dev/null 2>&1; docker volume rm "$volume" >/dev/null ;;
    app)
      say "回到 $live …" "taking $live back …" >&2
      set_version "$live"
      if compose up -d --no-deps --no-build $apps && wait_for app && front app; then remove_next
      else say "$live 也没有就绪：由 next 继续服务。scripts/deploy.sh status" "$live is not ready either: next goes on serving. scripts/deploy.sh status" >&2; fi ;;
  esac
  exit "$status"
}

become() { # ACT VERSION: the road of up and rollback
  trap take_back EXIT
  trap 'exit 1' INT TERM HUP
  settle
  # So that there is a way back to a version that was started by hand.
  [ "$(newest)" = "$live" ] || record up "$live"
  if [ -z "$beside" ]; then
    say "在旁边启动 $2 …" "starting $2 beside ${live:-nothing} …"
    undo=next
    compose up -d --no-build --no-recreate next && wait_for next || die "$2 没有就绪，仍是 $live" "$2 did not get ready, $live stays"
    front next || die "前端没有切换，仍是 $live" "the front did not switch, $live stays"
  fi
  undo=app
  set_version "$2"
  compose up -d --no-deps --no-build $apps || die "$2 启动不了" "$2 cannot be started"
  for each in $apps; do wait_for "$each" || die "$2 没有就绪" "$2 did not get ready"; done
  front app || die '前端没有切换回 app' 'the front did not switch back to app'
  undo=
  remove_next
  record "$1" "$2" "$live"
  say "现在是 $2（之前是 $live）。" "$2 is live ($live before)."
}

up() {
  check; check_disk; check_image "$1"; alone
  project=${COMPOSE_PROJECT_NAME:-$(setting COMPOSE_PROJECT_NAME)}; volume=${project:-yingda}_data
  if [ -z "$(compose ps -aq app)" ] && has_no_data; then first_start "$1"; return; fi
  if [ "$1" = "$live" ] && healthy app && [ "$(image_of app)" = "$(docker image inspect -f '{{.Id}}' "$image:$1")" ]; then
    settle
    [ "$(newest)" = "$1" ] || record up "$1"
    say "$1 已经在线。" "$1 is live already."
    return
  fi
  # What was stopped runs again first, as it was.
  running app || COMPOSE_PROFILES=$profiles compose up -d --no-build --no-recreate || :
  say '备份并校验 …' 'backup, and a look whether it restores …'
  file=$(in_live backup create --json | sed -n 's/.*"file": *"\([^"]*\)".*/\1/p')
  [ -n "$file" ] || die "备份失败，原因见上；仍是 $live" "the backup failed, for the reason above; $live stays"
  in_live backup verify "$file" >/dev/null || die "备份 $file 没有通过校验；仍是 $live" "the backup $file is not good; $live stays"
  schema=$(in_live migrate status --json) || die "读不到 $live 的表结构" "cannot read the schema of $live"
  printf '%s\n' "$schema" | compose run --rm -T --no-deps next yingda migrate check ||
    die "$1 的数据库变更会使 $live 无法运行，原因见上；仍是 $live" "$1 changes the database so that $live could not run, see above; $live stays"
  become up "$1"
}
image_of() { docker inspect -f '{{.Image}}' "$(compose ps -q "$1")"; }

# Only when the engine answers and does not name it: what a first start leaves when it fails is deleted again.
has_no_data() { volumes=$(docker volume ls -q 2>/dev/null) && ! printf '%s\n' "$volumes" | grep -qxF "$volume"; }

first_start() {
  trap take_back EXIT
  trap 'exit 1' INT TERM HUP
  undo=first
  front app
  set_version "$1"
  COMPOSE_PROFILES=$profiles compose up -d --no-build ||
    die '启动不了，原因见上；端口被占用时改 .env 的 HTTP_PORT、HTTPS_PORT' 'cannot start, for the reason above; where a port is taken change HTTP_PORT, HTTPS_PORT in .env'
  for each in $apps; do wait_for "$each" || die "$1 没有就绪" "$1 did not get ready"; done
  undo=
  record up "$1"
  say "$1 已上线。" "$1 is live."
}

rollback() {
  check; alone
  # `up` was broken off before it had decided anything: the version that was live is.
  if unfinished && [ "$(newest)" = "$live" ]; then
    settle
    if [ -z "$beside" ]; then say "没做完的切换已撤销，现在是 $live。" "the unfinished switch is taken back, $live is live."; return; fi
  fi
  target=$(previous)
  [ -n "$target" ] || die '没有更早的版本可以回退（scripts/deploy.sh status）' 'there is no earlier version to go back to (scripts/deploy.sh status)'
  check_image "$target"
  export NEXT_VERSION="$target"
  become rollback "$target"
}

# No credential of the live account goes into the preview, nor what would act in its name.
NOT_IN_PRE='WECHAT_.*|ALERT_.*|TUNNEL_.*|METRICS_.*|(PUBLIC_URL|SANDBOX|DATABASE_URL|REDIS_URL|ROLE|HOST|PORT|WORKER_PORT|TRUST_PROXY|BACKUP_EVERY)(_FILE)?'
pre() {
  check; check_disk; alone
  if [ "$1" = stop ]; then in_pre compose down -v; rm -f secrets/pre.env; say '预演已结束，副本已删除。' 'the preview is over, the copy is deleted.'; return; fi
  check_image "$1"
  healthy app || die '在线版本没有就绪，没有数据可复制' 'the live version is not ready: there is nothing to copy'
  { (umask 077; sed -E "/^[[:space:]]*(export[[:space:]]+)?($NOT_IN_PRE)[[:space:]]*=/d" .env >secrets/pre.env); } 2>/dev/null ||
    die '写不了 secrets/pre.env：用 sudo 再试（或者磁盘满了？df -h）' 'cannot write secrets/pre.env: try with sudo (or is the disk full? df -h)'
  in_pre compose down -v >/dev/null 2>&1 || :
  port=$(setting PRE_PORT); port=${port:-8081}
  ! listens "$port" || die "端口 $port 被占用：改 .env 的 PRE_PORT" "port $port is in use: change PRE_PORT in .env"
  say '复制数据 …' 'copying the data …'
  # A stream that breaks off is refused by its reader: counts and checksums come last.
  compose exec -T app yingda backup create --out - | in_pre compose run --rm -T pre yingda backup restore - --yes >/dev/null ||
    die '数据没有复制成，原因见上' 'the data was not copied, for the reason above'
  in_pre compose up -d --no-build pre && in_pre wait_for pre ||
    die "$1 没有就绪（端口 $port 被占用时改 .env 的 PRE_PORT）" "$1 did not get ready (where port $port is taken change PRE_PORT in .env)"
  say "$1 正在预演。在自己的电脑上运行：" "$1 runs on a copy. On your own computer:"
  echo "  ssh -L $port:127.0.0.1:$port $(id -un)@$(hostname)"
  say "然后打开 http://127.0.0.1:$port/sandbox 和 http://127.0.0.1:$port/ 。结束：scripts/deploy.sh pre stop" \
    "then open http://127.0.0.1:$port/sandbox and http://127.0.0.1:$port/ . To end it: scripts/deploy.sh pre stop"
}

status() {
  check
  since=$(tail -n 1 "$HISTORY" 2>/dev/null | cut -d' ' -f1)
  back=$(previous)
  say "现行版本 $live（自 ${since:-未知}）；rollback 会回到：${back:-无}" "live: $live (since ${since:-unknown}); rollback goes to: ${back:-nothing}"
  ! busy || say "另一个 deploy.sh 正在运行（进程 $(cat "$LOCK")）" "another deploy.sh is running (process $(cat "$LOCK"))"
  compose ps -a
  if healthy app; then
    steps=$(compose exec -T app yingda migrate status --json | tr -d '\n' | sed 's/"pending".*//' | grep -o '[0-9]*_[a-z0-9_]*\.ts' | tail -n 1)
    say "app 就绪，表结构到 $steps" "app is ready, the schema is at $steps"
  else say 'app 没有就绪：docker compose logs --tail 50 app' 'app is not ready: docker compose logs --tail 50 app'; fi
  if unfinished || { [ -f "$HISTORY" ] && [ "$(newest)" != "$live" ]; }; then
    say "有一次切换没做完（前端指向 $(front_at)）：scripts/deploy.sh up $live 把它做完，rollback 撤销它" \
      "a switch was left unfinished (the front is at $(front_at)): scripts/deploy.sh up $live finishes it, rollback takes it back"
  fi
  in_pre running pre && say "预演正在运行：scripts/deploy.sh pre stop 结束它" "a preview runs: scripts/deploy.sh pre stop ends it"
  for old in $(stack | sort -u | grep -vxF -e "$(stack | tail -n 3)"); do
    ! has_image "$old" || say "不再需要的镜像：docker image rm $image:$old" "no longer needed: docker image rm $image:$old"
  done
}

[ $# -ge 1 ] || usage
command=$1; shift
version=${1:-}
case $version in v[0-9]*) version=${version#v} ;; esac
case $command in
  build | pre | up)
    [ $# = 1 ] && [ ${#version} -le 64 ] || usage
    case $version in '' | [.-]* | *[!A-Za-z0-9_.-]*) usage ;; esac ;;
  rollback | status) [ $# = 0 ] || usage ;;
  *) usage ;;
esac
"$command" ${version:+"$version"}
