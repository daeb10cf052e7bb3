// Stories that only a hydrated page can show.
import {
  ESCAPED,
  expect,
  expectFieldError,
  expectFocusToBeSeen,
  expectGuest,
  expectUser,
  follow,
  hold,
  hydrated,
  logIn,
  logInRemembered,
  logOut,
  logOutForm,
  press,
  newPerson,
  type Person,
  test,
} from './fixtures'
import type { Page } from '@playwright/test'

/** Records every change of the header, from before the first script on, and every request for the current user. */
async function observe(page: Page): Promise<{ changes: () => Promise<string[]>; asked: string[] }> {
  const asked: string[] = []
  page.on('request', (request) => {
    if (new URL(request.url()).pathname.startsWith('/api/')) asked.push(request.url())
  })
  await page.addInitScript(() => {
    const changes: string[] = []
    Object.assign(window, { changes })
    const seen = new MutationObserver((records) => {
      const header = document.querySelector('header')
      if (!header || document.readyState === 'loading') return
      for (const { target, type } of records) {
        if (header.contains(target)) changes.push(`${type}: ${header.textContent}`)
      }
    })
    seen.observe(document, { subtree: true, childList: true, characterData: true, attributes: true })
  })
  const changes = async () => {
    await expect(page.locator('header')).toBeVisible()
    return page.evaluate(() => (window as unknown as { changes: string[] }).changes)
  }
  return { asked, changes }
}

async function settle(page: Page): Promise<void> {
  await hydrated(page)
  await page.waitForLoadState('networkidle')
  await page.waitForTimeout(300)
}

test('a guest gets the right page on the first byte, and it does not change', async ({ page }) => {
  const { asked, changes } = await observe(page)
  for (const path of ['/', '/login', '/signup', '/how-it-works']) {
    await page.goto(path)
    await settle(page)
    expect(await changes()).toEqual([])
  }
  expect(asked).toEqual([])
})

test('a user gets the right page on the first byte, and it does not change', async ({ page, person }) => {
  await page.goto('/login')
  await logIn(page, person)
  await expectUser(page, person)

  const { asked, changes } = await observe(page)
  for (const path of ['/', '/account', '/how-it-works', '/no/such/page']) {
    await page.goto(path)
    await settle(page)
    expect(await changes()).toEqual([])
  }
  expect(asked).toEqual([])
})

test('several users log in one after another in one document: every component shows the right user', async ({ page, person, signUp }) => {
  const second = await signUp(newPerson('Grace Hopper'))

  await page.goto('/login')
  await page.evaluate(() => (window.sameDocument = true))
  for (const someone of [person, second, person]) {
    await logIn(page, someone)
    await expectUser(page, someone)
    await expect(page.locator('body')).toContainText(someone.name, { useInnerText: true })

    await follow(page, '/account')
    await expect(page).toHaveURL('/account')
    await expect(page.getByRole('main').getByText(someone.email)).toBeVisible()

    await logOut(page)
    await expect(page).toHaveURL('/')
    await expectGuest(page)
    await expect(page.locator('body')).not.toContainText(someone.name, { useInnerText: true })
    await follow(page, '/login')
  }
  expect(await page.evaluate(() => window.sameDocument)).toBe(true)
})

test('a guest who clicks a link to a closed page gets the login page without a flash of the closed one', async ({ page, person }) => {
  await page.goto('/how-it-works')
  await page.evaluate(() => {
    window.sameDocument = true
    const headings: string[] = []
    Object.assign(window, { headings })
    new MutationObserver(() => {
      const heading = document.querySelector('h1')?.textContent ?? ''
      if (heading !== headings.at(-1)) headings.push(heading)
    }).observe(document, { subtree: true, childList: true, characterData: true })
  })
  await follow(page, '/account')
  await expect(page).toHaveURL('/login?next=%2Faccount')
  await expect(page.locator('form[action="/api/login"]')).toBeVisible()
  const headings = await page.evaluate(() => (window as unknown as { headings: string[] }).headings)
  const login = await page.getByRole('heading', { level: 1 }).innerText()
  expect(headings).toContain(login)

  await logIn(page, person)
  await expect(page).toHaveURL('/account')
  const closed = page.getByRole('heading', { level: 1 })
  await expect(closed).not.toHaveText(login)
  expect(headings).not.toContain(await closed.textContent())
  expect(await page.evaluate(() => window.sameDocument)).toBe(true)

  // The refused page and the log-in page left nothing in the history to fall back into.
  await page.goBack()
  await expect(page).toHaveURL('/how-it-works')
})

test('the back button returns a guest from the login page to the page of the click', async ({ page }) => {
  await page.goto('/')
  await page.evaluate(() => document.querySelector('main')?.insertAdjacentHTML('beforeend', '<a href="/account">closed</a>'))
  await page.getByRole('link', { name: 'closed' }).click()
  await expect(page.locator('form[action="/api/login"]')).toBeVisible()
  await expect(page).toHaveURL('/login?next=%2Faccount')
  await page.goBack()
  await expect(page).toHaveURL('/')
  await expectGuest(page)
})

test('a link to a closed page opens it after the login, byte for byte, also by the back button', async ({ page, person, baseURL }) => {
  const asked = `${baseURL}/account?${ESCAPED}`
  await page.goto('/how-it-works')
  await page.evaluate((asked) => {
    window.sameDocument = true
    document.querySelector('main')?.insertAdjacentHTML('beforeend', `<a href="${asked}">closed</a>`)
  }, asked)
  await page.getByRole('link', { name: 'closed' }).click()
  await expect(page.locator('form[action="/api/login"]')).toBeVisible()
  await logIn(page, person)
  await expect.poll(() => page.url()).toBe(asked)
  await follow(page, '/account/password')
  await expect(page).toHaveURL('/account/password')
  await page.goBack()
  await expect.poll(() => page.url()).toBe(asked)
  await expect(page.getByRole('main').getByText(person.email)).toBeVisible()
  expect(await page.evaluate(() => window.sameDocument)).toBe(true)
})

test('a page that does not use the user sends no request; the first page that does sends one', async ({ page, person }) => {
  await page.goto('/login')
  await logIn(page, person)
  await expectUser(page, person)

  const { asked } = await observe(page)
  await page.goto('/how-it-works')
  await settle(page)
  expect(asked).toEqual([])
  await follow(page, '/')
  await expectUser(page, person)
  await follow(page, '/how-it-works')
  await follow(page, '/')
  await expectUser(page, person)
  expect(asked.map((url) => new URL(url).pathname)).toEqual(['/api/current_user'])
})

test('a logout in one tab shows in another when that becomes visible again', async ({ page, context, person }) => {
  await page.goto('/login?next=%2Faccount')
  await logIn(page, person)
  await expect(page).toHaveURL('/account')

  const other = await context.newPage()
  await other.goto('/')
  await hydrated(other)
  await logOut(other)
  await expectGuest(other)

  await expect(logOutForm(page)).toBeAttached()
  await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')))
  await expect(page).toHaveURL('/login?next=%2Faccount')
  await expectGuest(page)
})

/** Opens the account, and observes its header. */
async function observeAccount(page: Page, person: Person): Promise<() => Promise<string[]>> {
  await page.goto('/login?next=%2Faccount')
  await logIn(page, person)
  await expect(page).toHaveURL('/account')
  const { changes } = await observe(page)
  await page.goto('/account')
  await settle(page)
  return changes
}

/** The tab becomes visible again, and asks for the current user. */
async function returnTo(page: Page): Promise<void> {
  const answered = page.waitForResponse('**/api/current_user*')
  await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')))
  await answered
  await settle(page)
}

test('returning to an unchanged tab changes nothing', async ({ page, person }) => {
  const changes = await observeAccount(page, person)
  await returnTo(page)
  expect(await changes()).toEqual([])
})

test('an answer of something in between is no user, and changes nothing', async ({ page, person }) => {
  const changes = await observeAccount(page, person)
  await page.route('**/api/current_user*', (route) => route.fulfill({ contentType: 'text/html', body: '<h1>Please wait</h1>' }))
  await returnTo(page)
  expect(await changes()).toEqual([])
  await expect(page.getByRole('main').getByText(person.email)).toBeVisible()
})

test('after its session has ended, an open tab leads to the login page and back', async ({
  page,
  person,
  context,
  baseURL,
}) => {
  await page.goto('/login')
  await logIn(page, person)
  await expectUser(page, person)
  await context.request.post('/api/logout', { form: {}, headers: { origin: baseURL! } })

  await follow(page, '/account')
  await expect(page).toHaveURL('/login?next=%2Faccount')
  await expectGuest(page)
  await logIn(page, person)
  await expect(page).toHaveURL('/account')
  await expect(page.getByRole('main').getByText(person.email)).toBeVisible()
})

test('a form whose session has ended leads to the login page and back', async ({ page, person, context, baseURL }) => {
  await page.goto('/login?next=%2Faccount%2Ftokens')
  await logIn(page, person)
  await expect(page).toHaveURL('/account/tokens')
  await context.request.post('/api/logout', { form: {}, headers: { origin: baseURL! } })

  await page.getByLabel('Name (e.g. Backup script)').fill('CI')
  await page.getByRole('button', { name: 'Create token' }).click()
  await expect(page).toHaveURL('/login?next=%2Faccount%2Ftokens')
  await expectGuest(page)
  await logIn(page, person)
  await expect(page).toHaveURL('/account/tokens')
})

test('a failed revocation shows an error, and a revoked token disappears', async ({ page, person }) => {
  await page.goto('/login?next=%2Faccount%2Ftokens')
  await logIn(page, person)
  await page.getByLabel('Name (e.g. Backup script)').fill('CI')
  await page.getByRole('button', { name: 'Create token' }).click()
  await expect(page.locator('code.token')).toHaveText(/^lk_/)

  const main = page.getByRole('main')
  await page.route('**/api/revoke_token', (route) => route.fulfill({ status: 502, body: '<h1>Bad Gateway</h1>' }))
  await press(page, 'Revoke CI', 'Revoke')
  await expect(main.getByRole('alert').first()).toContainText("something's down")
  await expect(page.locator('code.token')).toHaveText(/^lk_/)

  await page.unroute('**/api/revoke_token')
  await press(page, 'Revoke CI', 'Revoke')
  const news = main.getByRole('status').first()
  await expect(news).toContainText('Token revoked.')
  await expect(news).toBeFocused()
  await expect(page.locator('form[action="/api/revoke_token"]')).toHaveCount(0)
  await expect(main.getByRole('alert').first()).toHaveText('')
})

test('a page that failed to load offers a retry', async ({ page, person }) => {
  await page.goto('/login')
  await logIn(page, person)
  await page.route('**/api/account*', (route) => route.fulfill({ status: 502, body: '<h1>Bad Gateway</h1>' }))
  await follow(page, '/account')
  const alert = page.getByRole('main').getByRole('alert').filter({ hasText: "something's down" })
  await expect(alert).toBeVisible()
  await alert.getByRole('link', { name: 'Try again' }).click()
  await expect(page).toHaveURL('/account')
  await expect(page.getByRole('main').getByText(person.email)).toBeVisible()
})

test('focus moves to the content of the next page', async ({ page }) => {
  await page.goto('/')
  await hydrated(page)
  await expect(page.locator('main')).not.toBeFocused()
  await follow(page, '/login')
  await expect(page).toHaveURL('/login')
  await expect(page.locator('main')).toBeFocused()
})

test('a failed logout shows an error', async ({ page, person }) => {
  await page.goto('/login')
  await logIn(page, person)
  await page.route('**/api/logout', (route) => route.abort())
  await logOut(page)
  await expect(logOutForm(page).getByRole('alert')).toContainText("something's down")
  await expectUser(page, person)
  await page.unroute('**/api/logout')
  await logOut(page)
  await expectGuest(page)
})

test('the back button after a logout shows no private page', async ({ page, person }) => {
  await page.goto('/login?next=%2Faccount')
  await logIn(page, person)
  await expect(page).toHaveURL('/account')
  await page.goto('/account')
  await logOut(page)
  await expect(page).toHaveURL('/')
  await page.goBack()
  await expect(page).toHaveURL('/login?next=%2Faccount')
  await expect(page.getByRole('main').getByText(person.email)).toHaveCount(0)
})

test('the password dialog can be cancelled, and opens again', async ({ page, person, reopen }) => {
  await logInRemembered(page, person)
  const again = await reopen()
  await again.goto('/account/tokens')
  await again.evaluate(() => (window.sameDocument = true))
  await again.getByLabel('Name (e.g. Backup script)').fill('CI')
  const create = again.getByRole('button', { name: 'Create token' })
  const dialog = again.getByRole('dialog')
  const password = dialog.getByLabel('Current password', { exact: true })

  await create.click()
  await expect(password).toBeFocused()
  await password.fill(`not ${person.password}`)
  await again.keyboard.press('Enter')
  await expectFieldError(password, 'Wrong password.')
  await expect(password).toBeFocused()
  await again.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await expect(again.getByRole('main').getByRole('alert').first()).toContainText('Please confirm your password to continue.')
  await expect(again.getByLabel('Name (e.g. Backup script)')).toHaveValue('CI')

  await create.click()
  await expect(password).toHaveValue('')
  await expect(dialog.getByRole('alert').first()).toHaveText('')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(dialog).toBeHidden()

  await create.click()
  await password.fill(person.password)
  await again.keyboard.press('Enter')
  await expect(again.locator('code.token')).toHaveText(/^lk_/)
  await expect(again.getByLabel('Name (e.g. Backup script)')).toHaveValue('')
  expect(await again.evaluate(() => window.sameDocument)).toBe(true)
})

test('cancelling the password dialog during its request does not continue the action', async ({ page, person, reopen }) => {
  await logInRemembered(page, person)
  const again = await reopen()
  await again.goto('/account/tokens')
  const answer = await hold(again, '**/api/confirm')
  await again.getByLabel('Name (e.g. Backup script)').fill('CI')
  await again.getByRole('button', { name: 'Create token' }).click()
  const dialog = again.getByRole('dialog')
  await dialog.getByLabel('Current password', { exact: true }).fill(person.password)
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await again.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  const confirmed = again.waitForResponse('**/api/confirm')
  answer()
  await confirmed
  await settle(again)
  await again.goto('/account/tokens')
  await expect(again.locator('form[action="/api/revoke_token"]')).toHaveCount(0)
})

test('a click on submit works directly after correcting a field', async ({ page }) => {
  const person = newPerson('Grace Hopper')
  await page.goto('/signup')
  await page.getByLabel('Name').fill(person.name)
  await page.getByLabel('Email').fill(person.email)
  const password = page.getByLabel('Password', { exact: true })
  await password.pressSequentially('short')
  await password.blur()
  await expect(password).toHaveAccessibleDescription(/at least 15 characters/)
  const button = page.getByRole('button', { name: 'Create an account' })
  await password.fill(person.password)
  // Like a mouse: moves to where the button is seen, presses and releases.
  const place = (await button.boundingBox())!
  await page.mouse.move(place.x + place.width / 2, place.y + place.height / 2)
  await page.mouse.down()
  await page.waitForTimeout(100)
  await page.mouse.up()
  await expect(page).toHaveURL('/login')
})

test('the password rules show before the form is sent, and the password can be made visible', async ({ page }) => {
  const person = newPerson('Grace Hopper')
  await page.goto('/signup')
  await hydrated(page)
  const password = page.getByLabel('Password', { exact: true })
  await page.getByLabel('Name').fill(person.name)
  await page.getByLabel('Email').fill(person.email)
  for (const [typed, reason] of [
    ['short', /at least 15 characters/],
    ['PasswordPassword', /too common/],
    ['Grace-Hopper-1906', /your name, email or our name/],
  ] as const) {
    await password.clear()
    await password.pressSequentially(typed)
    await password.blur()
    await expect(password).toHaveAccessibleDescription(reason)
    await expect(password).toHaveAttribute('aria-invalid', 'true')
    await expect(password).not.toBeFocused()
  }
  await password.fill(person.password)
  await password.blur()
  await expect(password).not.toHaveAttribute('aria-invalid')

  await expect(password).toHaveAttribute('type', 'password')
  await page.getByRole('button', { name: 'Show: Password' }).click()
  await expect(password).toHaveAttribute('type', 'text')
  await expect(password).toHaveValue(person.password)
  await page.getByRole('button', { name: 'Hide: Password' }).click()
  await expect(password).toHaveAttribute('type', 'password')
})

test('a login that is answered after a click elsewhere shows in the header', async ({ page, person, browserName }) => {
  test.skip(browserName === 'firefox', 'its driver keeps no cookie of an answer that is held back')
  for (const elsewhere of ['/how-it-works', '/', '/signup']) {
    let answer = () => {}
    const held = new Promise<void>((resolve) => (answer = resolve))
    await page.route('**/api/login', async (route) => {
      const response = await route.fetch()
      await held
      await route.fulfill({ response })
    })
    await page.goto('/login')
    await logIn(page, person)
    await follow(page, elsewhere)
    await expect(page).not.toHaveURL(/login/)
    answer()
    if (elsewhere === '/how-it-works') await follow(page, '/')
    await expectUser(page, person)
    await page.unroute('**/api/login')
    await logOut(page)
    await expectGuest(page)
  }
})

test('after each navigation and each act the focus is on something that can be seen', async ({ page, person, reopen }) => {
  await page.goto('/')
  for (const path of ['/how-it-works', '/', '/login', '/signup', '/how-it-works', '/account']) {
    await follow(page, path)
    await expect(page.locator('main')).toBeFocused()
    await expect(page.locator('main')).toHaveAccessibleName(/./)
  }
  await logInRemembered(page, person)
  await expectFocusToBeSeen(page)
  const again = await reopen()
  await again.goto('/account/tokens')
  const name = again.getByLabel('Name (e.g. Backup script)')
  const dialog = again.getByRole('dialog')
  for (const close of ['Escape', 'Cancel', 'Confirm']) {
    await name.fill('CI')
    await name.press('Enter')
    await expect(dialog).toBeVisible()
    if (close === 'Escape') await again.keyboard.press('Escape')
    if (close === 'Cancel') await dialog.getByRole('button', { name: 'Cancel' }).click()
    if (close === 'Confirm') {
      await dialog.getByLabel('Current password', { exact: true }).fill(person.password)
      await again.keyboard.press('Enter')
    }
    await expect(dialog).toBeHidden()
    await expectFocusToBeSeen(again)
  }
  await expect(again.locator('code.token')).toHaveText(/^lk_/)
  await expectFocusToBeSeen(again)
  await press(again, 'Revoke CI', 'Revoke')
  await expect(again.getByRole('main').getByRole('status').first()).toContainText('Token revoked.')
  await expectFocusToBeSeen(again)
  await logOut(again)
  await expect(again).toHaveURL('/')
  await expectFocusToBeSeen(again)
})
