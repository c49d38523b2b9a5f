/**
 * What a column holds, whichever engine keeps it, and how a backup writes it:
 * `boolean` true or false · `integer` a number, beyond 2^53 its digits in a string · `decimal` a string without exponent or
 * idle zeros · `text` a string · `blob` base64 · `json` a string, the keys in order · `time` ISO 8601 in UTC.
 */
export type ColumnKind = 'boolean' | 'integer' | 'decimal' | 'text' | 'blob' | 'json' | 'time'

export type Column = { name: string; kind: ColumnKind }

/** `columns` by name, so that both engines write the same lines. `key`: the columns of the primary key. */
export type Table = { name: string; key: readonly string[]; columns: readonly Column[] }

export type Value = string | number | boolean | null

/** The values of a table's columns, in their order. */
export type Row = readonly Value[]
