/**
 * A phone's keyboard covers the page in iOS instead of making it smaller. The height that is left is told to the style
 * sheet, and the page is kept from being pushed up.
 */
export const watchKeyboard = (): void => {
  const viewport = window.visualViewport
  if (!viewport) return
  const measure = (): void => {
    // Somebody who zooms in wants to look around.
    if (viewport.scale > 1.01) return
    document.documentElement.style.setProperty('--app-height', `${viewport.height}px`)
    if (viewport.offsetTop > 0) window.scrollTo(0, 0)
  }
  viewport.addEventListener('resize', measure)
  viewport.addEventListener('scroll', measure)
  measure()
}
