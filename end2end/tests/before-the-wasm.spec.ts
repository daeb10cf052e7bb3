// The time when the page is visible and its WASM has not arrived yet.
import type { BrowserContext } from '@playwright/test'
import { expect, expectUser, hold, hydrated, logIn, test } from './fixtures'

/** Holds the WASM back, which otherwise never arrives in this world. */
async function holdWasm(context: BrowserContext): Promise<() => void> {
  await context.unroute('**/*.wasm')
  return hold(context, '**/*.wasm')
}

test('values typed before hydration are kept, and the form then works', async ({ page, context, person }) => {
  const arrive = await holdWasm(context)
  await page.goto('/login', { waitUntil: 'commit' })
  await page.getByLabel('Email').fill(person.email)
  await page.getByLabel('Password', { exact: true }).fill(person.password)
  await page.getByLabel('Keep me logged in on this device').check()
  arrive()
  await hydrated(page)
  await expect(page.getByLabel('Email')).toHaveValue(person.email)
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue(person.password)
  await expect(page.getByLabel('Keep me logged in on this device')).toBeChecked()
  await page.getByRole('button', { name: 'Log in' }).click()
  await expectUser(page, person)
})

test('a page whose texts do not arrive works as without its program', async ({ page, context, person }) => {
  await context.unroute('**/*.wasm')
  await context.route('**/texts/*', () => {})
  const program = page.waitForResponse('**/*.wasm')
  await page.goto('/login')
  await program
  await logIn(page, { ...person, password: 'wrong' })
  await expect(page.getByRole('alert')).toContainText('Wrong email or password')
  await logIn(page, person)
  await expectUser(page, person)
})

test('a form submitted before the WASM arrives puts no secret into the URL', async ({ page, person }) => {
  await page.goto('/login')
  await logIn(page, { ...person, password: 'wrong' })
  await expect(page).toHaveURL('/login')
  await expect(page.getByRole('alert')).toContainText('Wrong email or password')
})

/** Each form that can be refused: its page, what it is sent with, and the field in which the visitor types while the WASM arrives. */
const refused = [
  { page: '/login', send: { email: 'unknown@example.com', password: 'wrong' }, type: 'email', guest: true },
  { page: '/signup', send: { name: 'Ada', email: 'ada@example.com', password: 'short' }, type: 'name', guest: true },
  { page: '/confirm', send: { current_password: 'wrong' }, type: 'current_password' },
  { page: '/account/password', send: { current_password: 'wrong', password: 'wrong' }, type: 'password' },
  { page: '/account/tokens', send: { token_name: '' }, type: 'token_name' },
]

for (const { page: path, send, type, guest } of refused) {
  test(`what is typed while ${path} hydrates stays where it is typed, also when the page came with an error`, async ({
    page,
    context,
    person,
  }) => {
    if (!guest) {
      await page.goto('/login')
      await logIn(page, person)
      await expectUser(page, person)
    }
    const arrive = await holdWasm(context)
    await page.goto(path, { waitUntil: 'commit' })
    const form = page.getByRole('main').locator('form').last()
    for (const [name, value] of Object.entries(send)) await form.locator(`input[name="${name}"]`).fill(value)
    await form.evaluate((form: HTMLFormElement) => (form.noValidate = true))
    await form.getByRole('button').last().click({ noWaitAfter: true })
    await expect(page.getByRole('main').locator('.message.error, .problem:not(:empty)').first()).toBeVisible()

    const field = form.locator(`input[name="${type}"]`)
    await field.fill('')
    await field.pressSequentially('typed while ')
    arrive()
    await hydrated(page)
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)))
    await page.keyboard.type('it hydrates')
    await expect(field).toBeFocused()
    await expect(field).toHaveValue('typed while it hydrates')
  })
}
