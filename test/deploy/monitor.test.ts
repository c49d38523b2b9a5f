import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { createPromMeters } from '../../src/infra/metrics/prom-meters.ts'
import { composeFiles, ROOT } from '../support/compose-files.ts'

type Rule = { alert: string; expr: string; annotations: { summary: string } }
type Panel = { title: string; targets?: { expr: string }[] }

const read = (path: string) => readFileSync(join(ROOT, 'deploy', path), 'utf8')
const rules: Rule[] = parse(read('prometheus/rules.yml')).groups.flatMap(
  ({ rules }: { rules: Rule[] }) => rules,
)
const panels: Panel[] = JSON.parse(read('grafana/dashboards/yingda.json')).panels
const queries = [
  ...rules.map(({ alert, expr }) => ({ of: alert, expr })),
  ...panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ of: title, expr }))),
]
const scraped = parse(read('prometheus/prometheus.yml'))

/** Every name and its labels, as the service shows them. */
const shown = async () => {
  const build = { version: '1.0.0', commit: 'abc' }
  const { meters, expose } = createPromMeters(build)
  meters.turnEnded('answered')
  const { body } = await expose()
  const names = [...body.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type]) => ({ name, type }))
  return names.flatMap(({ name, type }) =>
    type === 'histogram' ? ['_bucket', '_count', '_sum'].map((end) => name + end) : [name],
  )
}

describe('what watches the service', () => {
  test.each(queries)('$of asks for what there is: $expr', async ({ expr }) => {
    const names = await shown()
    const asked = expr.match(/\b(yingda|process|nodejs)_[a-z0-9_]+/g) ?? []
    expect(asked.filter((each) => !names.includes(each))).toEqual([])
    if (asked.length === 0) expect(expr).toMatch(/\bup\b/)
    for (const [, job = ''] of expr.matchAll(/job="([^"]+)"/g))
      expect(scraped.scrape_configs.map(({ job_name }: { job_name: string }) => job_name)).toContain(job)
  })

  test('every alert says in Chinese and English what is wrong', () => {
    expect(rules.length).toBeGreaterThan(10)
    for (const { annotations } of rules) expect(annotations.summary).toMatch(/[\u4e00-\u9fff].* · .*[a-z]/)
  })

  test('Prometheus asks the ports that the containers have', () => {
    const environment = composeFiles().flatMap(([, { services }]) => services.worker ?? [])[0]?.environment
    const text = JSON.stringify(scraped.scrape_configs)
    expect(text).toContain(`"app:${environment?.METRICS_PORT}"`)
    expect(text).toContain(`["worker"],"type":"A","port":${environment?.WORKER_PORT}`)
  })
})
