// Every page of the app, and the states in which a page looks different.
import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { expect, follow, followMail, logIn, logInOn, logInRemembered, logOut, logOutForm, newPerson, openMenu, press, type Fixtures, type Options, type Person, type World } from './fixtures'

/** The paths of the app's own table, with something for each parameter, and one that is not there. */
export const paths = [
  ...Array.from(readFileSync('../app/src/pages/mod.rs', 'utf8').matchAll(/\bpath!\("(\/[^"]*)"\)/g), ([, path]) =>
    path.replace(/[:*][^/]+/g, '1'),
  ),
  '/no/such/page',
]

/** The fixtures that a state needs. */
export type Visit = Pick<Fixtures, 'device' | 'signUp' | 'reopen'> & Options & { page: Page }

/** What is as long as the app lets it be, without a place to break the line. */
export function longPerson(): Person {
  const id = crypto.randomUUID().replaceAll('-', '')
  return { ...newPerson('Ada'.padEnd(100, 'Lovelace')), email: `${id.padEnd(64, 'x')}@${'mail-exchange-'.repeat(4)}x.example.com` }
}

async function as(user: Person, { page }: Visit, path: string): Promise<Page> {
  await page.goto(`/login?next=${encodeURIComponent(path)}`)
  await logIn(page, user)
  await expect(page).not.toHaveURL(/\/login/)
  await page.goto(path)
  return page
}

/** A form with values that the browser itself would refuse. */
async function send(page: Page, action: string, values: Record<string, string>): Promise<void> {
  const form = page.getByRole('main').locator(`form[action="${action}"]`).first()
  await form.evaluate((form: HTMLFormElement) => (form.noValidate = true))
  for (const [name, value] of Object.entries(values)) await form.locator(`input[name="${name}"]`).fill(value)
  await form.locator('button[type="submit"]').click()
}

const refusal = (page: Page) => expect(page.locator('main .message.error, main .problem:not(:empty)').first()).toBeVisible()
const notice = (page: Page) => expect(page.getByRole('main').getByRole('status').first()).not.toBeEmpty()

/** Opens a page and brings it into a state. */
type Open = (visit: Visit) => Promise<Page>

const states: Record<string, Open> = {
  'the login page after a wrong password': async ({ page }) => {
    await page.goto('/login')
    await logIn(page, { email: longPerson().email, password: 'wrong' })
    await refusal(page)
    return page
  },
  'the sign-up page with wrong fields': async ({ page }) => {
    await page.goto('/signup')
    await send(page, '/api/signup', { name: '', email: 'x'.repeat(90), password: 'short' })
    await refusal(page)
    return page
  },
  'the page after a form that sends a mail': async ({ page }) => {
    await page.goto('/forgot')
    await send(page, '/api/forgot_password', { email: longPerson().email })
    await expect(page.getByRole('button', { name: 'Send me a new link' })).toBeVisible()
    await expect(page.getByText('Nothing came?')).toBeVisible()
    return page
  },
  'the page of a link that sets a new password': async ({ page, signUp }) => {
    const person = await signUp(longPerson())
    await page.goto('/forgot')
    await send(page, '/api/forgot_password', { email: person.email })
    await expect(page).toHaveURL('/mail-sent?form=%2Fforgot')
    await followMail(page, person, 'Set a new password')
    await send(page, '/api/reset_password', { password: 'short' })
    await refusal(page)
    return page
  },
  'the page of a link that keeps an account': async (visit) => {
    const person = await visit.signUp(longPerson())
    const page = await as(person, visit, '/account/delete')
    await press(page, 'Delete my account')
    await notice(page)
    await followMail(page, person, 'Your account will be deleted')
    return page
  },
  'the login page after a sign-up': async ({ page }) => {
    await page.goto('/signup')
    await send(page, '/api/signup', longPerson())
    await expect(page).toHaveURL('/login')
    await notice(page)
    return page
  },
  'the home page after a logout': async (visit) => {
    const page = await as(await visit.signUp(longPerson()), visit, '/account')
    await logOut(page)
    await expect(page).toHaveURL('/')
    return page
  },
  'a wrong password on the way to a confirmation': async (visit) => {
    const page = await as(await visit.signUp(longPerson()), visit, '/confirm')
    await send(page, '/api/confirm', { current_password: 'wrong' })
    await refusal(page)
    return page
  },
  'a new password that is refused': async (visit) => {
    const person = await visit.signUp(longPerson())
    const page = await as(person, visit, '/account/password')
    await send(page, '/api/password', { current_password: person.password, password: 'short' })
    await refusal(page)
    return page
  },
  'a changed password': async (visit) => {
    const person = await visit.signUp(longPerson())
    const page = await as(person, visit, '/account/password')
    await send(page, '/api/password', { current_password: person.password, password: `${person.password} anew` })
    await notice(page)
    return page
  },
  'several devices': async (visit) => {
    const person = await visit.signUp(longPerson())
    for (const userAgent of ['', 'x'.repeat(250), 'Firefox/150 CrOS']) await logInOn(await visit.device(userAgent), person, true)
    const page = await as(person, visit, '/account/sessions')
    await expect(page.getByRole('main').getByRole('listitem')).toHaveCount(4)
    return page
  },
  'a token that is refused': async (visit) => {
    const page = await as(await visit.signUp(longPerson()), visit, '/account/tokens')
    await send(page, '/api/create_token', { token_name: '' })
    await refusal(page)
    return page
  },
  'a new token': async (visit) => {
    const page = await as(await visit.signUp(longPerson()), visit, '/account/tokens')
    await send(page, '/api/create_token', { token_name: 'x'.repeat(60) })
    await expect(page.locator('code.token')).toBeVisible()
    return page
  },
  'an open menu': async (visit) => {
    const page = await as(await visit.signUp(longPerson()), visit, '/account')
    await openMenu(page)
    await expect(logOutForm(page)).toBeVisible()
    return page
  },
  'a list of tokens': async (visit) => {
    const page = await states['a new token'](visit)
    await page.goto('/account/tokens')
    await expect(page.getByRole('main').getByRole('listitem')).toHaveCount(1)
    return page
  },
  'a question before an act': async (visit) => {
    const page = await states['a new token'](visit)
    await page.getByRole('button', { name: /^Revoke/ }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    return page
  },
  'an act that needs the password': async (visit) => {
    await logInRemembered(visit.page, await visit.signUp(longPerson()))
    const page = await visit.reopen()
    await page.goto('/account/tokens')
    await send(page, '/api/create_token', { token_name: 'CI' })
    if (visit.world === 'hydrated') await expect(page.getByRole('dialog')).toBeVisible()
    else await expect(page).toHaveURL(/\/confirm/)
    return page
  },
}

/** The states that only the program brings about. */
const hydratedStates: Record<string, Open> = {
  'a password that is shown': async ({ page }) => {
    await page.goto('/login')
    await page.getByLabel('Password', { exact: true }).fill('x'.repeat(80))
    await page.getByRole('button', { name: 'Show: Password' }).click()
    return page
  },
  'a page that failed to load': async (visit) => {
    const page = await as(await visit.signUp(longPerson()), visit, '/')
    await page.route('**/api/account*', (route) => route.fulfill({ status: 502, body: '' }))
    await follow(page, '/account')
    await expect(page.getByRole('main').getByRole('alert').filter({ hasText: /\S/ })).toBeVisible()
    return page
  },
}

const guest = (path: string): [string, Open] => [`${path} for a guest`, async ({ page }) => {
  await page.goto(path)
  return page
}]
const user = (path: string): [string, Open] => [
  `${path} for a user`,
  async (visit) => as(await visit.signUp(longPerson()), visit, path),
]

/** All of them by name, with the worlds in which they can be. */
export const everyState: { name: string; open: Open; world?: World }[] = [
  ...[...paths.map(guest), ...paths.map(user), ...Object.entries(states)].map(([name, open]) => ({ name, open })),
  ...Object.entries(hydratedStates).map(([name, open]) => ({ name, open, world: 'hydrated' as const })),
]
