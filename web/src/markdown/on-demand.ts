/** Loads a part of the page the first time it is needed. `ready` runs once it is there; a failed load is tried again. */
export const onDemand = <Part>(load: () => Promise<Part>): ((ready: () => void) => Part | undefined) => {
  let part: Part | undefined
  let loading: Promise<void> | undefined
  return (ready) => {
    if (part !== undefined) return part
    loading ??= load().then(
      (loaded) => {
        part = loaded
      },
      () => {
        loading = undefined
      },
    )
    void loading.then(() => part !== undefined && ready())
    return undefined
  }
}
