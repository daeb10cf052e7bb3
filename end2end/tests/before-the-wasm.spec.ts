// The time when the page is visible and its WASM has not arrived yet.
import { expect, expectUser, hydrated, logIn, test } from './fixtures'

test('values typed before hydration are kept, and the form then works', async ({ page, context, person }) => {
  await context.unroute('**/*.wasm')
  let arrive = () => {}
  const arrived = new Promise<void>((resolve) => (arrive = resolve))
  await context.route('**/*.wasm', async (route) => {
    await arrived
    await route.continue()
  })
  await page.goto('/login', { waitUntil: 'commit' })
  await page.getByLabel('E-mail').fill(person.email)
  await page.getByLabel('Password', { exact: true }).fill(person.password)
  await page.getByLabel('Keep me logged in on this device').check()
  arrive()
  await hydrated(page)
  await expect(page.getByLabel('E-mail')).toHaveValue(person.email)
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue(person.password)
  await expect(page.getByLabel('Keep me logged in on this device')).toBeChecked()
  await page.getByRole('button', { name: 'Log in' }).click()
  await expectUser(page, person)
})

test('a form submitted before the WASM arrives puts no secret into the URL', async ({ page, person }) => {
  await page.goto('/login')
  await logIn(page, { ...person, password: 'wrong' })
  await expect(page).toHaveURL('/login')
  await expect(page.getByRole('alert')).toContainText('do not match')
})
