// Fixtures for the stories. Each page is watched: its console messages, the URLs it visits, and the HTML it gets.
import { test as base, expect, type APIRequestContext, type BrowserContext, type Locator, type Page } from '@playwright/test'
import { acceptOwnNavigation, emptyBeforeFill, withoutScripts } from './firefox'
import { MARKER } from './secret'

export { expect }

export type World = 'no JavaScript' | 'before the WASM' | 'hydrated'

export type Person = { name: string; email: string; password: string }

/** A person with a new name and e-mail address. */
export function newPerson(name = 'Ada Lovelace'): Person {
  const id = crypto.randomUUID()
  return { name, email: `${id}@example.com`, password: `${MARKER} ${id}` }
}

declare global {
  interface Window {
    sameDocument?: boolean
  }
}

/** A query that changes when it is unescaped, or escaped, once too often. */
export const ESCAPED = 'a=b%2Fc&d=%20&e=%C3%BC&f=%25&g=%252F&h=i+j;k'

/** The port of a site on which visitors sign up by a link in a mail. */
export const MAIL_PORT = 3101

/** `port`: that of another site than the first. */
export type Options = { world: World; port: number | undefined }

export type Fixtures = {
  person: Person
  /** Creates an account without a browser. */
  signUp: (person: Person) => Promise<Person>
  /** Another device, without a browser: `userAgent` is the name it gives itself. */
  device: (userAgent?: string) => Promise<APIRequestContext>
  /** Closes the browser and opens it again: only cookies with `Max-Age` are kept. */
  reopen: () => Promise<Page>
}

export const test = base.extend<Options & Fixtures>({
  world: ['hydrated', { option: true }],

  port: [undefined, { option: true }],

  baseURL: async ({ baseURL: first, port, browserName, world }, use) => {
    const baseURL = port ? first!.replace(/:\d+/, `:${port}`) : first
    if (browserName !== 'firefox' || world !== 'no JavaScript') return use(baseURL)
    const { url, close } = await withoutScripts(baseURL!)
    await use(url)
    close()
  },

  /** A person with an account, which was created without a browser. */
  person: async ({ signUp }, use) => use(await signUp(newPerson())),

  signUp: async ({ device }, use) =>
    use(async (person) => {
      const { name, email, password } = person
      const answer = await (await device()).post('/api/signup', { form: { name, email, password } })
      expect(answer.status()).toBe(200)
      return person
    }),

  device: async ({ baseURL, playwright }, use) => {
    const devices: APIRequestContext[] = []
    await use(async (userAgent) => {
      const device = await playwright.request.newContext({ baseURL, userAgent, extraHTTPHeaders: { origin: baseURL! } })
      devices.push(device)
      return device
    })
    for (const device of devices) await device.dispose()
  },

  context: async ({ context, world }, use) => {
    const done = await prepare(context, world)
    await use(context)
    await done()
  },

  page: async ({ page, browserName, world }, use) => {
    await use(ready(page, browserName, world))
  },

  reopen: async ({ browser, browserName, context, world, baseURL, javaScriptEnabled }, use) => {
    const opened: (() => Promise<void>)[] = []
    await use(async () => {
      const cookies = (await context.cookies()).filter(({ expires }) => expires > 0)
      for (const page of context.pages()) await page.close()
      await context.clearCookies()
      const again = await browser.newContext({ baseURL, javaScriptEnabled, storageState: { cookies, origins: [] } })
      const done = await prepare(again, world)
      opened.push(async () => {
        await done()
        await again.close()
      })
      return ready(await again.newPage(), browserName, world)
    })
    for (const close of opened) await close()
  },
})

/** Sets up a context for its world and watches it. The story fails in the end if anything was reported. */
async function prepare(context: BrowserContext, world: World): Promise<() => Promise<void>> {
  const complaints: string[] = []
  const checks: Promise<void>[] = []
  context.on('page', (page) => watch(page, world, complaints, checks))
  if (world === 'before the WASM') {
    await context.route('**/*.wasm', () => {}) // It never arrives.
  }
  return async () => {
    await Promise.all(checks)
    expect(complaints).toEqual([])
  }
}

/** A page that stories drive alike in both browsers, and whose `goto` waits until it is ready. */
function ready(page: Page, browserName: string, world: World): Page {
  if (browserName === 'firefox') {
    emptyBeforeFill(page)
    acceptOwnNavigation(page)
  }
  if (world === 'hydrated') {
    const goto = page.goto.bind(page)
    page.goto = async (url, options) => {
      const response = await goto(url, options)
      await hydrated(page)
      return response
    }
  }
  return page
}

/** Waits until the page is hydrated, which the app marks in the document. */
export async function hydrated(page: Page): Promise<void> {
  await page.locator('html[data-hydrated]').waitFor({ state: 'attached' })
}

/** What Firefox reports of a page that was left while its WASM arrived: the fetch of the program's loader is aborted. */
const LEFT = ['The operation was aborted.', 'NetworkError when attempting to fetch resource.']

function watch(page: Page, world: World, complaints: string[], checks: Promise<void>[]): void {
  page.on('pageerror', (error) => {
    if (!LEFT.includes(error.message.trim())) complaints.push(`error: ${error.message}`)
  })
  page.on('console', (message) => {
    const text = message.text()
    // Messages of the browser itself: about every rejected request (the stories check what the page shows), and about
    // preloaded code that a page without JavaScript does not use.
    const refused = /Failed to load resource: (the server responded with a status of (4\d\d|502)|net::ERR_FAILED)/.test(text)
    const unused = world === 'no JavaScript' && text.includes('was preloaded using link preload but not used')
    if (['error', 'warning'].includes(message.type()) && !refused && !unused) complaints.push(text)
  })
  page.on('request', (request) => {
    if (decodeURIComponent(request.url()).includes(MARKER)) complaints.push(`secret in ${request.url()}`)
  })
  page.on('response', (response) => {
    if (!response.headers()['content-type']?.startsWith('text/html')) return
    // The body of a page that was left before it was read is not available any more.
    const read = response.text().catch(() => '')
    // A fetch that is cut off by another document never ends in Playwright, and its body is not available either.
    const leaves = new Promise<string>((left) => page.once('domcontentloaded', () => left('')))
    const text = response.request().resourceType() === 'fetch' ? Promise.race([read, leaves]) : read
    checks.push(
      text.then((body) => {
        if (body.includes(MARKER)) complaints.push(`secret in the page ${response.url()}`)
      }),
    )
  })
}

/** Holds the requests of an address back until the returned function is called. */
export async function hold(from: BrowserContext | Page, url: string): Promise<() => void> {
  let release = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  await from.route(url, async (route) => {
    await released
    await route.continue()
  })
  return release
}

/** Fills in and submits the login form of the open page. */
export async function logIn(page: Page, { email, password }: { email: string; password: string }): Promise<void> {
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
}

/** Logs in on a new page, with a login that survives when the browser is closed. */
export async function logInRemembered(page: Page, person: Person): Promise<void> {
  await page.goto('/login')
  await page.getByLabel('Keep me logged in on this device').check()
  await logIn(page, person)
  await expectUser(page, person)
}

/** The form that logs out, which only a user's page has. Found by its endpoint, because the app owns its looks. */
export function logOutForm(page: Page) {
  return page.locator('form[action="/api/logout"]').first()
}

/** Opens the menu around the form, if it lies in one. */
export async function openMenu(page: Page): Promise<void> {
  await logOutForm(page).waitFor({ state: 'attached' })
  const closed = page.locator('details:not([open])').filter({ has: page.locator('form[action="/api/logout"]') })
  if (await closed.count()) await closed.locator('summary').first().click()
}

export async function logOut(page: Page): Promise<void> {
  await openMenu(page)
  await logOutForm(page).getByRole('button').click()
}

/** Checks that the page is for a user, and that the server knows this browser as `person`. */
export async function expectUser(page: Page, person: { email: string }): Promise<void> {
  await expect(logOutForm(page)).toBeAttached()
  expect(await currentUser(page.request)).toMatchObject({ user: { email: person.email } })
}

/** Checks that the page leads to the login form or has it, and that the server knows this browser as a guest. */
export async function expectGuest(page: Page): Promise<void> {
  await expect(page.locator('a[href^="/login"], form[action="/api/login"]').first()).toBeAttached()
  await expect(logOutForm(page)).not.toBeAttached()
  expect(await currentUser(page.request)).toHaveProperty('guest')
}

/** Checks that the field is marked as wrong, and that its description says why. */
export async function expectFieldError(field: Locator, text: string): Promise<void> {
  await expect(field).toHaveAttribute('aria-invalid', 'true')
  await expect(field).toHaveAccessibleDescription(text)
}

/** Whom the server knows: `{ user }` or `{ guest }`. */
export async function currentUser(request: APIRequestContext): Promise<unknown> {
  const answer = await request.get('/api/current_user')
  expect(answer.status()).toBe(200)
  return answer.json()
}

/** Logs in on another device, and answers with the status. */
export async function logInOn(device: APIRequestContext, { email, password }: Person, remember = false): Promise<number> {
  const answer = await device.post('/api/login', { form: { email, password, ...(remember && { remember: 'on' }) } })
  return answer.status()
}

/** Clicks the first link to `path`, whatever its text. */
export async function follow(page: Page, path: string): Promise<void> {
  await page.locator(`a[href="${path}"]:visible`).first().click()
}

/** Presses the button `name`, and the one of the dialog that then asks. */
export async function press(page: Page, name: string, confirm = name): Promise<void> {
  await page.getByRole('button', { name }).click()
  await page.getByRole('dialog').getByRole('button', { name: confirm }).click()
}

/** Checks that the focus is on something that can be seen and has a name or a text. */
export async function expectFocusToBeSeen(page: Page): Promise<void> {
  const focused = page.locator(':focus')
  await expect(focused).toBeVisible()
  await expect
    .poll(() => focused.evaluate((element) => element.tagName !== 'BODY' && !!element.closest('[aria-label],[aria-labelledby],button,a,label,input,[role]')))
    .toBe(true)
  await expect.poll(() => focused.evaluate((element: HTMLInputElement) => element.innerText || element.name)).not.toBe('')
}

/** Opens the newest mail to `person` in another tab, and follows its link in this one. */
export async function followMail(page: Page, { email }: Person, subject: string): Promise<void> {
  const mailbox = await page.context().newPage()
  await expect(async () => {
    await mailbox.goto('/dev/mailbox')
    const mail = mailbox.getByRole('listitem').filter({ hasText: email }).filter({ hasText: subject })
    await mail.first().getByRole('link').click({ timeout: 500 })
  }).toPass()
  await expect(mailbox.getByRole('heading', { name: subject })).toBeVisible()
  const link = new URL((await mailbox.locator('pre').getByRole('link').getAttribute('href'))!)
  await mailbox.close()
  await page.goto(link.pathname + link.search)
}
