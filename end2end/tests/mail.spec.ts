// Mails, read as a person would: on the pages of the development mailbox.
import { expect, expectUser, followMail, logIn, MAIL_PORT, newPerson, press, test } from './fixtures'

test.describe('with mail', () => {
  test.use({ port: MAIL_PORT })

  test('a visitor signs up by a link in a mail', async ({ page }) => {
    const person = newPerson()
    const mistyped = person.email.replace('example', 'exmaple')
    await page.goto('/signup')
    await page.getByLabel('Email').fill(mistyped)
    await page.getByRole('button', { name: 'Send me a link' }).click()
    await expect(page.getByRole('heading', { name: 'Check your mail' })).toBeVisible()
    await expect(page.getByLabel('Email')).toHaveValue(mistyped)
    await page.getByLabel('Email').fill(person.email)
    await page.getByRole('button', { name: 'Send me a new link' }).click()
    await expect(page.getByText('we have sent a mail')).toBeVisible()
    await expect(page.getByRole('link', { name: 'Open the mailbox' })).toBeVisible()
    await followMail(page, person, 'Finish your sign-up')
    await expect(page.getByText(`For ${person.email}.`)).toBeVisible()

    // A refused form: the name stays, and the link can still be used.
    await page.getByLabel('Name').fill(person.name)
    await page.getByLabel('Password', { exact: true }).fill('1')
    await page.locator('form[action="/api/signup"]').evaluate((form: HTMLFormElement) => (form.noValidate = true))
    await page.getByRole('button', { name: 'Create an account' }).click()
    await expect(page.getByText('Use at least 15 characters.')).toBeVisible()
    await expect(page.getByLabel('Name')).toHaveValue(person.name)
    await page.getByLabel('Password', { exact: true }).fill(person.password)
    await page.getByRole('button', { name: 'Create an account' }).click()
    await expect(page).toHaveURL('/')
    await expectUser(page, person)
  })
})

test('a forgotten password is set by a link in a mail', async ({ page, person }) => {
  await page.goto('/login')
  await page.getByRole('link', { name: 'Forgot your password?' }).click()
  await page.getByLabel('Email').fill(person.email)
  await page.getByRole('button', { name: 'Send me a link' }).click()
  await expect(page.getByRole('heading', { name: 'Check your mail' })).toBeVisible()
  await expect(page.getByLabel('Email')).toHaveValue(person.email)
  const answered = page.waitForResponse('**/api/forgot_password')
  await page.getByRole('button', { name: 'Send me a new link' }).click()
  await answered
  await expect(page.getByText('we have sent a mail')).toBeVisible()
  await followMail(page, person, 'Set a new password')
  await expect(page.getByText(`For ${person.email}.`)).toBeVisible()
  const link = page.url()
  const renewed = { ...person, password: `${person.password}, renewed` }
  await page.getByLabel('New password', { exact: true }).fill(renewed.password)
  await page.getByRole('button', { name: 'Set a new password' }).click()
  await expect(page).toHaveURL('/login')
  await expect(page.getByText('Your password was reset')).toBeVisible()
  await logIn(page, renewed)
  await expectUser(page, renewed)

  await page.goto(link)
  await expect(page.getByText("This link can't be used")).toBeVisible()
})

test('a user gets another address by a link in the new box', async ({ page, person }) => {
  await page.goto('/login')
  await logIn(page, person)
  await expectUser(page, person)
  await page.goto('/account')
  const moved = { ...person, email: `new-${person.email}` }
  await page.getByLabel('New address').fill(moved.email)
  await page.getByRole('button', { name: 'Change address' }).click()
  await expect(page.getByRole('heading', { name: 'Check your mail' })).toBeVisible()
  await followMail(page, moved, 'Confirm your new address')
  await page.getByRole('button', { name: 'Confirm your new address' }).click()
  await expect(page).toHaveURL('/account')
  await expect(page.getByText('Your address was changed.')).toBeVisible()
  await expect(page.getByRole('main').getByText(moved.email)).toBeVisible()

  // The old box is told, and can undo it.
  await followMail(page, person, 'Your address is about to change')
  await page.getByRole('button', { name: 'Keep your address' }).click()
  await expect(page).toHaveURL('/forgot')
  await expect(page.getByText('Your address stays as it is')).toBeVisible()

  // The password has ended: the attacker who asked for the change may know it.
  const renewed = { ...person, password: `${person.password}, renewed` }
  await page.getByLabel('Email').fill(person.email)
  await page.getByRole('button', { name: 'Send me a link' }).click()
  await expect(page.getByRole('heading', { name: 'Check your mail' })).toBeVisible()
  await followMail(page, person, 'Set a new password')
  await page.getByLabel('New password', { exact: true }).fill(renewed.password)
  await page.getByRole('button', { name: 'Set a new password' }).click()
  await expect(page).toHaveURL('/login')
  await logIn(page, renewed)
  await expectUser(page, renewed)
})

test('a user sees the history of the account, and gets its data', async ({ page, person }) => {
  await page.goto('/login')
  await logIn(page, person)
  await expectUser(page, person)
  await page.goto('/account/history')
  await expect(page.getByRole('listitem').filter({ hasText: 'Login with a new browser' })).toBeVisible()
  await page.goto('/account/export')
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download your data' }).click()])
  expect(download.suggestedFilename()).toBe('account.json')
})

test('a user deletes the account, and keeps it by the link in the mail', async ({ page, person }) => {
  await page.goto('/login?next=%2Faccount%2Fdelete')
  await logIn(page, person)
  await expect(page).toHaveURL('/account/delete')
  await expect(page.getByText('You have 14 days to change your mind')).toBeVisible()
  await press(page, 'Delete my account')
  await expect(page).toHaveURL('/')
  await expect(page.getByText('Your account is closed.')).toBeVisible()

  await page.goto('/login')
  await logIn(page, person)
  await expect(page.getByText('This account is closed, and will be deleted.')).toBeVisible()

  await followMail(page, person, 'Your account will be deleted')
  await page.getByRole('button', { name: 'Keep my account' }).click()
  await expect(page).toHaveURL('/login')
  await expect(page.getByText('Your account has been kept.')).toBeVisible()
  await logIn(page, person)
  await expectUser(page, person)
})

test('a user changes the name', async ({ page, person }) => {
  await page.goto('/login')
  await logIn(page, person)
  await expectUser(page, person)
  await page.goto('/account')
  await page.getByLabel('Name', { exact: true }).fill('Countess Lovelace')
  await page.getByRole('button', { name: 'Save name' }).click()
  await expect(page.getByText('Name saved.')).toBeVisible()
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Countess Lovelace')
  await page.goto('/')
  await expect(page.getByRole('heading', { name: 'Welcome back, Countess Lovelace.' })).toBeVisible()
})
