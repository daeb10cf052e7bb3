// Of the screens as they come: the theme, the languages, the menu, what only the server renders. Change them with your own.
import { expect, expectUser, follow, logIn, logOutForm, openMenu, test } from './fixtures'

test('the chosen theme is there on the first byte of every page', async ({ page, person }) => {
  const paper = () => page.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor)
  await page.emulateMedia({ colorScheme: 'light' })
  await page.goto('/how-it-works')
  const light = await paper()
  await page.getByRole('button', { name: 'Dark' }).click()
  await expect(page).toHaveURL('/how-it-works')
  await expect(page.getByRole('button', { name: 'Dark' })).toHaveAttribute('aria-pressed', 'true')
  const dark = await paper()
  expect(dark).not.toBe(light)
  await page.goto('/login')
  await logIn(page, person)
  await expectUser(page, person)
  expect(await paper()).toBe(dark)
  await page.getByRole('button', { name: 'System' }).click()
  await expect.poll(paper).toBe(light)
})

test('the menu of the user leads to the settings, and is closed there', async ({ page, person }) => {
  await page.goto('/login')
  await logIn(page, person)
  await openMenu(page)
  await page.getByRole('link', { name: 'Settings' }).click()
  await expect(page).toHaveURL('/account')
  await expect(logOutForm(page)).toBeHidden()
  await openMenu(page)
  await expect(logOutForm(page)).toBeVisible()
})

test('what only the server renders is there after each way to a page', async ({ page }) => {
  await page.goto('/login')
  await page.getByRole('link', { name: 'Latchkey' }).click()
  await expect(page.getByRole('img', { name: /list of devices/ })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Works without JavaScript' })).toBeVisible()
  await follow(page, '/how-it-works')
  await expect(page.getByRole('main').getByRole('listitem')).toHaveCount(12)
  await page.goBack()
  await expect(page.getByRole('img', { name: /list of devices/ })).toBeVisible()
})

test.describe('a browser that asks for German', () => {
  test.use({ locale: 'de-AT' })

  test('gets German, and English once it is chosen', async ({ page, person }) => {
    const wrong = async (email: string, button: string) => {
      await page.getByLabel(email).fill(person.email)
      await page.locator('input[name=password]').fill('not the password')
      await page.getByRole('main').getByRole('button', { name: button }).click()
    }
    await page.goto('/login')
    await expect(page.locator('html')).toHaveAttribute('lang', 'de')
    await wrong('E-Mail-Adresse', 'Anmelden')
    await expect(page.getByRole('alert').filter({ hasText: 'E-Mail-Adresse oder Passwort ist falsch.' })).toBeVisible()
    await page.getByRole('main').getByRole('link', { name: 'Konto anlegen' }).click()
    await expect(page.getByRole('heading', { name: 'Konto anlegen' })).toBeVisible()

    await page.getByRole('button', { name: 'English' }).click()
    await expect(page.getByRole('heading', { name: 'Create an account' })).toBeVisible()
    await expect(page.locator('html')).toHaveAttribute('lang', 'en')
    await page.getByRole('main').getByRole('link', { name: 'Log in' }).click()
    await expect(page).toHaveURL('/login')
    await wrong('Email', 'Log in')
    await expect(page.getByRole('alert').filter({ hasText: 'Wrong email or password.' })).toBeVisible()
  })
})
