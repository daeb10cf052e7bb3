// Extensions, password managers, proxies and translators change a page before it is hydrated. Whatever they do, each link
// navigates and each form posts and shows its answer.
import type { Browser, Page } from '@playwright/test'
import { changes } from './changes'
import { emptyBeforeFill } from './firefox'
import { expect, logOut, test } from './fixtures'

const seeds = Number(process.env.SEEDS ?? 3)
const cases = Object.keys(changes(1)).flatMap((change) =>
  Array.from({ length: change.includes('random') ? seeds : 1 }, (_, seed) => ({ change, seed: seed + 1 })),
)

/** A page that is changed before its WASM arrives. */
async function changed(browser: Browser, baseURL: string, change: string, seed: number) {
  const context = await browser.newContext({ baseURL })
  const page = await context.newPage()
  if (browser.browserType().name() === 'firefox') emptyBeforeFill(page)
  let arrive = () => {}
  const open = async (path: string) => {
    let hold: Promise<void> = new Promise((resolve) => (arrive = resolve))
    await context.unroute('**/*.wasm')
    await context.route('**/*.wasm', async (route) => {
      await hold
      await route.continue().catch(() => {})
    })
    await page.goto(path, { waitUntil: 'commit' })
    await page.locator('main h1').waitFor()
    await page.waitForFunction(() => document.readyState !== 'loading')
    await page.evaluate(`(${changes})(${seed})[${JSON.stringify(change)}]()`)
    arrive()
    await page.locator('html[data-hydrated], html[data-failed]').first().waitFor({ state: 'attached' })
    // Later parts of the page hydrate later.
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 150)))
  }
  return { context, page, open }
}

async function linkWorks(page: Page, path: string): Promise<void> {
  await page.locator(`a[href^="${path}"]:visible`).first().click()
  await expect(page).toHaveURL((url) => url.pathname === path)
  await expect(page.locator('main h1')).toBeVisible()
}

/** Not by their texts, which may be translated. */
async function send(page: Page, action: string, fields: Record<string, string>): Promise<void> {
  const form = page.locator(`main form[action="${action}"]`).first()
  await form.evaluate((form: HTMLFormElement) => (form.noValidate = true))
  for (const [name, value] of Object.entries(fields)) await form.locator(`input[name="${name}"]`).fill(value)
  await form.locator('button[type="submit"]').click()
}

async function refusedFormAnswers(page: Page, action: string, fields: Record<string, string>): Promise<void> {
  await send(page, action, fields)
  await expect(page.locator('main .message.error, main .problem:not(:empty)').first()).toBeVisible()
}

for (const { change, seed } of cases) {
  test(`a page works with ${change} (${seed})`, async ({ browser, baseURL, person }) => {
    test.setTimeout(120_000)
    const { context, page, open } = await changed(browser, baseURL!, change, seed)
    for (const [path, link] of [['/', '/how-it-works'], ['/how-it-works', '/account'], ['/login', '/signup']]) {
      await open(path)
      if (link === '/account') {
        await page.locator(`a[href="${link}"]:visible`).first().click()
        await expect(page).toHaveURL('/login?next=%2Faccount')
      } else {
        await linkWorks(page, link)
      }
    }
    await open('/login')
    await refusedFormAnswers(page, '/api/login', { email: 'unknown@example.com', password: 'wrong' })
    await open('/signup')
    await refusedFormAnswers(page, '/api/signup', { name: 'Ada', email: 'ada@example.com', password: 'short' })

    await open('/login?next=%2Faccount')
    await send(page, '/api/login', { email: person.email, password: person.password })
    await expect(page).toHaveURL('/account')
    for (const path of ['/account', '/account/password', '/account/sessions', '/account/tokens', '/account/delete']) {
      await open(path)
      await linkWorks(page, path === '/account' ? '/account/password' : '/account')
    }
    await open('/account/password')
    await refusedFormAnswers(page, '/api/password', { current_password: 'wrong', password: 'wrong' })
    await open('/account/tokens')
    await refusedFormAnswers(page, '/api/create_token', { token_name: '' })
    await open('/confirm')
    await refusedFormAnswers(page, '/api/confirm', { current_password: 'wrong' })
    await open('/account')
    await logOut(page)
    await expect(page).toHaveURL('/')
    await expect(page.locator('a[href="/login"]').first()).toBeVisible()
    await context.close()
  })
}
