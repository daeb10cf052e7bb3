// What a hydrated screen adds: it shows that it waits, copies a token, tells of Caps Lock and of the visitor's own time.
import { expect, expectUser, follow, hold, logIn, test } from './fixtures'

test('a card shows that its content is on the way', async ({ page, person }) => {
  await page.goto('/login')
  await logIn(page, person)
  await expectUser(page, person)
  await page.goto('/account')
  const arrive = await hold(page, '**/api/sessions*')
  const line = (element: string) =>
    page.evaluate((element) => getComputedStyle(document.querySelector(element)!, '::before').content, element)
  await follow(page, '/account/sessions')
  await expect.poll(() => line('main .card')).toBe('""')
  expect(await line('body')).toBe('""')
  await expect(page.locator('main .card')).toHaveAttribute('aria-busy', 'true')
  arrive()
  await expect(page.getByText('This device')).toBeVisible()
  await expect(page.locator('main .card')).not.toHaveAttribute('aria-busy')
  expect(await line('main .card')).toBe('none')
  expect(await line('body')).toBe('none')
})

test('a new password is counted while it is typed', async ({ page, person }) => {
  await page.goto('/login')
  await logIn(page, person)
  await expectUser(page, person)
  await page.goto('/account/password')
  const password = page.getByLabel('New password', { exact: true })
  const hint = page.locator('#password-hint')
  await expect(hint).not.toContainText('/')
  await password.pressSequentially('Grüße')
  await expect(hint).toContainText('5 / 15')
  await page.getByLabel('Current password', { exact: true }).fill(person.password)
  await password.fill(`${person.password}, another`)
  await expect(hint).toContainText(`${person.password.length + 9} / 15`)
  await page.getByRole('button', { name: 'Change password' }).click()
  await expect(page.getByText('Password changed')).toBeVisible()
  await expect(password).toHaveValue('')
  await expect(hint).not.toContainText('/')
})

test('a new token is copied, and a moment has the date of the visitor', async ({ page, context, person, browserName }) => {
  // Firefox does not ask.
  if (browserName === 'chromium') await context.grantPermissions(['clipboard-write'])
  await page.goto('/login')
  await logIn(page, person)
  await expectUser(page, person)
  await page.goto('/account/tokens')
  await page.getByLabel('Name (e.g. Backup script)').fill('Backup')
  await page.getByLabel('Expires').selectOption('in 30 days')
  await page.getByRole('button', { name: 'Create token' }).click()
  await page.getByRole('button', { name: 'Copy' }).click()
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible()
  await page.getByLabel('Name (e.g. Backup script)').press('ControlOrMeta+V')
  await expect(page.getByLabel('Name (e.g. Backup script)')).toHaveValue((await page.locator('code.token').textContent())!)

  const moment = page.getByRole('listitem').getByText('expires in 30 days')
  const [title, local] = await moment.evaluate((time: HTMLTimeElement) => [
    time.title,
    new Date(time.dateTime).toLocaleString(document.documentElement.lang),
  ])
  expect(title).toBe(local)
})

test('Caps Lock is told of while a password is typed', async ({ page }) => {
  await page.goto('/login')
  const password = page.getByLabel('Password', { exact: true })
  await password.focus()
  const type = (on: boolean) =>
    password.evaluate((input, on) => {
      input.dispatchEvent(new KeyboardEvent('keyup', { key: 'A', modifierCapsLock: on, bubbles: true }))
    }, on)
  await type(true)
  await expect(page.getByText('Caps Lock is on.')).toBeVisible()
  await type(false)
  await expect(page.getByText('Caps Lock is on.')).toBeHidden()
  // As password managers do.
  await password.evaluate((input) => input.dispatchEvent(new Event('keyup', { bubbles: true })))
  await type(true)
  await expect(page.getByText('Caps Lock is on.')).toBeVisible()
  await page.getByLabel('Email').focus()
  await expect(page.getByText('Caps Lock is on.')).toBeHidden()
})
