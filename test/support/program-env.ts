/** What a program that a test starts gets of this process's environment. */
export const programEnv = (): { readonly [name: string]: string } => {
  // What was compiled once is kept for the next start.
  const { PATH = '', NODE_COMPILE_CACHE } = process.env
  return { PATH, LANG: 'en_US.UTF-8', ...(NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE } : {}) }
}
