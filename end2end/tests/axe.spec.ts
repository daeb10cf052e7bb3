// Each page and state fits every screen, theme and text size, and axe finds nothing in it. In Chromium, because nothing can set
// the theme and the text size of another, and with JavaScript, because axe is a script: without it the page is the one before
// the WASM arrives.
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, expectUser, logIn, test } from './fixtures'
import { everyState, longPerson, paths } from './states'

/** The rules of WCAG 2.2 at level AA, and axe's own of good practice. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

// Without transitions: a colour on its way to another has another contrast.
const THEMES = {
  light: { colorScheme: 'light', forcedColors: 'none', reducedMotion: 'reduce' },
  dark: { colorScheme: 'dark', forcedColors: 'none', reducedMotion: 'reduce' },
  'forced colours': { colorScheme: 'dark', forcedColors: 'active', reducedMotion: 'reduce' },
} as const

// WCAG 2.2, 1.4.10: 320 pixels without scrolling sideways; 1.4.4: text at 200 %, which the browser's default of 16 pixels becomes.
const WIDTHS = [1280, 320]
const TEXTS = [16, 32]

/** What axe finds in each theme, as a line for each element. */
async function findings(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const [theme, media] of Object.entries(THEMES)) {
    await page.emulateMedia(media)
    const axe = new AxeBuilder({ page }).withTags(RULES)
    // Axe sees the sheet's colours, which the visitor's own have taken the place of.
    if (media.forcedColors === 'active') axe.disableRules('color-contrast')
    const { violations } = await axe.analyze()
    for (const { id, help, nodes } of violations) {
      for (const { target, failureSummary } of nodes) found.push(`${theme}: ${id} (${help}): ${target}: ${failureSummary}`)
    }
  }
  return found
}

/** What does not fit into the width of the screen, at each width and size of text. */
async function overflows(page: Page): Promise<string[]> {
  const found: string[] = []
  const browser = await page.context().newCDPSession(page)
  for (const width of WIDTHS) {
    for (const standard of TEXTS) {
      await page.setViewportSize({ width, height: 800 })
      await browser.send('Page.setFontSizes', { fontSizes: { standard, fixed: (standard * 13) / 16 } })
      await page.waitForFunction((ems) => matchMedia(`(width: ${ems}em)`).matches, width / standard)
      const wide = await page.evaluate(() => {
        const scrolls = ({ scrollWidth, clientWidth }: Element) => scrollWidth > clientWidth
        const open = Array.from(document.querySelectorAll('dialog[open]')).filter(scrolls)
        if (!scrolls(document.documentElement) && !open.length) return []
        const sticksOut = (element: Element) => element.getBoundingClientRect().right > document.documentElement.clientWidth
        const out = Array.from(document.querySelectorAll('body *')).filter(sticksOut)
        return [...open, ...out].map((element) => element.outerHTML.slice(0, 120))
      })
      found.push(...wide.map((element) => `at ${width} pixels, text of ${standard}: ${element}`))
    }
  }
  await browser.detach()
  return found
}

test('the pages are those of the app', () => {
  expect(paths).toEqual(expect.arrayContaining(['/', '/login', '/signup']))
})

for (const { name, open, world: only } of everyState) {
  test(`axe finds nothing, and nothing sticks out: ${name}`, async ({ page, world, device, signUp, reopen, port }) => {
    test.skip(only !== undefined && only !== world, 'in another world')
    const opened = await open({ page, world, device, signUp, reopen, port })
    expect(await findings(opened)).toEqual([])
    expect(await overflows(opened)).toEqual([])
  })
}

test('every page begins at its top', async ({ page, person }) => {
  const scrolled: string[] = []
  const visit = async (visitor: string) => {
    for (const width of WIDTHS) {
      // Lower than any page, so that each can scroll.
      await page.setViewportSize({ width, height: 300 })
      for (const path of paths) {
        await page.goto(path)
        const pixels = await page.evaluate(() => scrollY)
        if (pixels) scrolled.push(`${path} for a ${visitor} at ${width} pixels: ${pixels}`)
      }
    }
  }
  await visit('guest')
  await page.goto('/login')
  await logIn(page, person)
  await expectUser(page, person)
  await visit('user')
  expect(scrolled).toEqual([])
})

test.describe('without a program', () => {
  // The page is never hydrated, and nothing waits for it here.
  test.use({ world: 'before the WASM' })

  test('axe finds nothing, and nothing sticks out: the style guide of a debug build', async ({ page }) => {
    await page.goto('/style-guide')
    expect(await page.evaluate(() => scrollY)).toBe(0)
    expect(await findings(page)).toEqual([])
    expect(await overflows(page)).toEqual([])
  })

  test('axe finds nothing, and nothing sticks out: the mailbox of a debug build', async ({ page, signUp, device }) => {
    const { email } = await signUp(longPerson())
    await (await device()).post('/api/forgot_password', { form: { email } })
    const mail = page.getByRole('listitem').filter({ hasText: email }).getByRole('link')
    await expect(async () => {
      await page.goto('/dev/mailbox')
      await expect(mail).toBeVisible({ timeout: 500 })
    }).toPass()
    expect(await findings(page)).toEqual([])
    expect(await overflows(page)).toEqual([])
    await mail.click()
    await expect(page.getByRole('heading', { name: 'Set a new password' })).toBeVisible()
    expect(await findings(page)).toEqual([])
    expect(await overflows(page)).toEqual([])
    await page.getByRole('link', { name: 'As HTML' }).click()
    expect(await findings(page)).toEqual([])
  })
})

test('in forced colours only the current tab looks current', async ({ page, person }) => {
  await page.emulateMedia({ forcedColors: 'active' })
  await page.goto('/login?next=%2Faccount%2Fsessions')
  await logIn(page, person)
  await expect(page).toHaveURL('/account/sessions')
  const tabs = page.getByRole('navigation').filter({ has: page.locator('a[href="/account/tokens"]') }).getByRole('link')
  // Forced colours show a border that is transparent otherwise.
  const looks = await tabs.evaluateAll((tabs) =>
    tabs.map((tab) => {
      const { borderBottomWidth, textDecorationLine } = getComputedStyle(tab)
      return {
        current: tab.hasAttribute('aria-current'),
        looksCurrent: parseFloat(borderBottomWidth) > 0 || textDecorationLine === 'underline',
      }
    }),
  )
  expect(looks.filter(({ current }) => current)).toHaveLength(1)
  for (const { current, looksCurrent } of looks) expect(looksCurrent).toBe(current)
})
