/** `yingda-20261125T132100123Z-v0.1.0.jsonl.gz`, with `.age` when it is sealed. */
export const backupName = (at: number, version: string, sealed: boolean): string => {
  const time = new Date(at).toISOString().replaceAll(/[-:.]/g, '')
  return `yingda-${time}-v${version.replaceAll(/[^\w.+]/g, '_')}.jsonl.gz${sealed ? '.age' : ''}`
}

const NAME = /^yingda-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-v(.+)\.jsonl\.gz(\.age)?$/

export type BackupName = { at: number; version: string; sealed: boolean }

/** What the name of a file in DATA_DIR/backups says; undefined when it is none of ours. */
export const readBackupName = (name: string): BackupName | undefined => {
  const [, year, month, day, hour, minute, second, ms, version = '', age] = NAME.exec(name) ?? []
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`)
  return Number.isNaN(at) ? undefined : { at, version, sealed: age !== undefined }
}
