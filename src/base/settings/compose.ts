import type { Words } from '../say.ts'

/** A name in `.env` that docker-compose.yml or scripts/deploy.sh reads, and the service does not. */
type ComposeName = { about: Words; fallback: string }

/** They may stand in `.env` beside the service's own settings. */
export const COMPOSE_NAMES: { readonly [name: string]: ComposeName } = {
  DOMAIN: {
    about: {
      zh: '域名，证书会自动申请；不填就是没有证书的 http',
      en: 'domain of the page, whose certificate is obtained by itself; plain http without it',
    },
    fallback: '',
  },
  HTTP_PORT: { about: { zh: 'http 的端口', en: 'port for http' }, fallback: '80' },
  HTTPS_PORT: { about: { zh: 'https 的端口', en: 'port for https' }, fallback: '443' },
  COMPOSE_PROFILES: {
    about: {
      zh: '还要运行什么，用逗号隔开：full（MySQL、Redis、worker）、monitor（监控）、tunnel（内网穿透）',
      en: 'what else runs, with commas between: full (MySQL, Redis, worker), monitor, tunnel',
    },
    fallback: '',
  },
  YINGDA_IMAGE: {
    about: { zh: '镜像的名字；不填就在本机构建', en: 'name of the image; it is built here unless named' },
    fallback: 'yingda',
  },
  YINGDA_VERSION: {
    about: {
      zh: '正在使用的版本；由 scripts/deploy.sh 更新',
      en: 'the version in use; scripts/deploy.sh keeps it',
    },
    fallback: '',
  },
  NEXT_VERSION: {
    about: {
      zh: '正在换上的版本；由 scripts/deploy.sh 设置',
      en: 'the version to come; set by scripts/deploy.sh',
    },
    fallback: '',
  },
  PRE_VERSION: {
    about: {
      zh: '正在预演的版本；由 scripts/deploy.sh 设置',
      en: 'the version in rehearsal; set by scripts/deploy.sh',
    },
    fallback: '',
  },
  COMMIT: {
    about: { zh: '构建时写进镜像的提交号', en: 'what the image is told it was built from' },
    fallback: '',
  },
  NODE_IMAGE: {
    about: { zh: '构建用的基础镜像', en: 'the image to build on' },
    fallback: 'node:24-bookworm-slim',
  },
  NPM_REGISTRY: {
    about: {
      zh: '构建时用的 npm 镜像站；不填就用官方的',
      en: 'another npm registry to build with, such as a mirror nearby',
    },
    fallback: '',
  },
  PRE_PORT: {
    about: { zh: '预演版本在本机的端口', en: 'port on this machine for the rehearsal of a version' },
    fallback: '8081',
  },
  GRAFANA_PORT: {
    about: { zh: 'Grafana 在本机的端口', en: 'port on this machine for Grafana' },
    fallback: '3000',
  },
  TUNNEL_IMAGE: {
    about: { zh: '内网穿透用的镜像', en: 'image of the tunnel' },
    fallback: 'cloudflare/cloudflared:2025.8.1',
  },
  TUNNEL_COMMAND: {
    about: { zh: '内网穿透的命令', en: 'command of the tunnel' },
    fallback: 'tunnel --no-autoupdate run',
  },
  TUNNEL_TOKEN: { about: { zh: '内网穿透的令牌', en: 'token of the tunnel' }, fallback: '' },
  TUNNEL_SERVER: { about: { zh: 'frp 服务器的地址', en: 'address of the frp server' }, fallback: '' },
  TUNNEL_DOMAIN: { about: { zh: 'frp 服务器上的域名', en: 'domain at the frp server' }, fallback: '' },
}
