import type { Nodes, Root } from 'mdast'

export type Addresses = {
  /** Of the link definitions (`[a]: https://…`), by identifier; the first one counts. */
  byIdentifier: Map<string, string>
  /** The identifiers that something refers to. */
  used: Set<string>
}

export const addressesIn = (root: Root): Addresses => {
  const byIdentifier = new Map<string, string>()
  const used = new Set<string>()
  const visit = (node: Nodes): void => {
    if (node.type === 'definition' && !byIdentifier.has(node.identifier))
      byIdentifier.set(node.identifier, node.url)
    if (node.type === 'linkReference' || node.type === 'imageReference') used.add(node.identifier)
    if ('children' in node) for (const child of node.children) visit(child)
  }
  visit(root)
  return { byIdentifier, used }
}
