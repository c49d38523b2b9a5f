/** Commands are matched without regard to case, full-width forms and surrounding space. */
export const normalizeCommand = (text: string): string => text.normalize('NFKC').trim().toLowerCase()
