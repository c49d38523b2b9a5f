/**
 * Who runs a command that the docs tell somebody to type. A new command of the docs that stands nowhere here fails the test.
 * What is said to `yingda` needs no line: each such command is run by the test itself.
 */
export type Runner =
  /** Typed by another test, or by a script that is tested, in these words. */
  | { is: RegExp; test: string; holds: string }
  /** Typed by `npm run rehearse` on real containers, in these words. */
  | { is: RegExp; rehearsed: string }
  /** Nothing of ours: a tool of the machine or a place out there. */
  | { is: RegExp; outside: string }

export const RUNNERS: readonly Runner[] = [
  { is: /^docker compose up -d( --wait mysql redis)?$/, rehearsed: 'docker compose up -d' },
  { is: /^docker compose ps$/, rehearsed: 'docker compose ps' },
  { is: /^docker compose logs /, rehearsed: 'docker compose logs' },
  { is: /^docker compose stop( app| front)?$/, rehearsed: 'docker compose stop' },
  { is: /^docker compose restart app( worker)?$/, rehearsed: 'docker compose restart app' },
  { is: /^sh scripts\/init\.sh$/, rehearsed: 'sh scripts/init.sh' },
  { is: /^sh scripts\/deploy\.sh build /, rehearsed: 'sh scripts/deploy.sh build' },
  { is: /^sh scripts\/deploy\.sh pre stop$/, rehearsed: 'sh scripts/deploy.sh pre stop' },
  { is: /^sh scripts\/deploy\.sh pre /, rehearsed: 'sh scripts/deploy.sh pre' },
  { is: /^sh scripts\/deploy\.sh up /, rehearsed: 'sh scripts/deploy.sh up' },
  { is: /^sh scripts\/deploy\.sh rollback$/, rehearsed: 'sh scripts/deploy.sh rollback' },
  { is: /^sh scripts\/deploy\.sh status$/, rehearsed: 'sh scripts/deploy.sh status' },

  { is: /^curl .*\/sandbox\/send/, test: 'test/flows/processes.test.ts', holds: '/sandbox/send' },
  {
    is: /^node scripts\/complete-lock\.mjs$/,
    test: 'test/lock-file.test.ts',
    holds: 'scripts/complete-lock.mjs',
  },
  {
    is: /^node_modules\/\.bin\/node scripts\/test\.ts quick /,
    test: 'package.json',
    holds: 'scripts/test.ts quick',
  },

  { is: /^(ssh|scp) /, outside: 'another machine' },
  { is: /^apt-get (update|install )/, outside: "the system's packages" },
  { is: /^git (clone|pull|checkout|log)\b/, outside: 'the repository' },
  { is: /^cd \w+$/, outside: 'the shell' },
  { is: /^(systemctl|journalctl)\b/, outside: "the machine's systemd" },
  { is: /^(df|free) -/, outside: 'the machine, looked at only' },
  { is: /^(fallocate|chmod|mkswap|swapon|echo) .*swap/, outside: "the machine's swap" },
  { is: /^tar (czf settings\.tgz|xzf settings\.tgz)/, outside: 'files of the machine' },
  {
    is: /^docker (system df|stats --no-stream|image (prune -f|ls|rm) ?)/,
    outside: "Docker's own housekeeping",
  },
  {
    is: /^docker build -f deploy\/Dockerfile /,
    test: 'scripts/deploy.sh',
    holds: 'docker build -f deploy/Dockerfile',
  },
  {
    is: /^docker compose exec front caddy reload /,
    test: 'scripts/deploy.sh',
    holds: 'exec -T front caddy reload --config /etc/caddy/Caddyfile',
  },
  {
    is: /^docker run -d --read-only /,
    outside: 'the image without Compose, under which the same is rehearsed',
  },
  { is: /^(age -d|gunzip -c) /, outside: 'the tools that open a backup without Yingda' },
  { is: /^(cat secrets|cp -p secrets|openssl rand -base64 32 > secrets)\b/, outside: 'the shell' },
  { is: /^docker login /, outside: 'a registry' },
]

/** What stands in the docs for something that everybody has another of. */
export const STANDS_FOR = {
  database: ['sqlite:/data/yingda.sqlite'],
  target: ['@/run/secrets/database_url', 'mysql://yingda:…@mysql:3306/yingda'],
  code: ['CODE', '编号', '代码', 'K7Q2M9TX'],
  key: ['KEY', '卡密'],
  batch: ['BATCH', '批次'],
  user: ['USER', '用户', 'usr_…', 'oAbC…'],
  file: ['FILE', '文件', 'opened.jsonl.gz'],
} as const
