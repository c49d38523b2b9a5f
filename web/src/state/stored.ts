/** Small things this browser remembers; one without storage, or with a full one, forgets them. */
export const stored = (key: string): string | undefined => {
  try {
    return localStorage.getItem(`yingda.${key}`) ?? undefined
  } catch {
    return undefined
  }
}

export const store = (key: string, value: string | undefined): void => {
  try {
    if (value === undefined) localStorage.removeItem(`yingda.${key}`)
    else localStorage.setItem(`yingda.${key}`, value)
  } catch {
    // Forgotten at the next visit.
  }
}

/** Drafts are of one person: they go when somebody logs out. */
export const forgetStored = (prefix: string): void => {
  try {
    for (const key of Object.keys(localStorage))
      if (key.startsWith(`yingda.${prefix}`)) localStorage.removeItem(key)
  } catch {
    // There was nothing.
  }
}
