// What the stories need in Firefox, which Playwright drives by WebDriver BiDi.
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Locator, Page } from '@playwright/test'

let fills: Locator['fill'] | undefined

/**
 * Playwright appends to the value of an input without a selection, such as `type=email`: empty each one before it is filled. A
 * filled input does not tell of a `change` when it loses the focus; one that is typed into, with `pressSequentially`, does.
 */
export function emptyBeforeFill(page: Page): void {
  if (fills) return
  const locator: Locator = Object.getPrototypeOf(page.locator('input'))
  fills = locator.fill
  locator.fill = async function (value, options) {
    await fills!.call(this, '', options)
    await fills!.call(this, value, options)
  }
}

/**
 * Seldom, once in some hundred, the page that was asked for, or the one that it redirects to, arrives as a navigation of its own,
 * which interrupts the `goto`. It is accepted if the server answers with just this page or redirect; anything else that leaves the
 * page fails as before.
 */
export function acceptOwnNavigation(page: Page): void {
  const goto = page.goto.bind(page)
  page.goto = async (url, options) => {
    try {
      return await goto(url, options)
    } catch (error) {
      const to = /is interrupted by another navigation to "([^"]+)"/.exec(String(error))?.[1]
      if (!to) throw error
      const answer = await page.request.get(url, { maxRedirects: 0, headers: { accept: 'text/html' } })
      const { location } = answer.headers()
      if (new URL(location ?? '', answer.url()).href !== to) throw error
      await page.waitForLoadState()
      return null
    }
  }
}

const SANDBOX = 'sandbox allow-downloads allow-forms allow-same-origin'

/**
 * The same site at another address, where no script runs. BiDi has no command that switches JavaScript off, and the browser's
 * setting stops the code that drives it as well. A sandboxed document has no scripting either, for CSS and `noscript` as well.
 */
export async function withoutScripts(site: string): Promise<{ url: string; close: () => void }> {
  const { host, hostname, port } = new URL(site)
  const server = createServer((asked, answer) => {
    const { method, url: path } = asked
    const headers = { ...asked.headers, host, ...(asked.headers.origin === url && { origin: site }) }
    const passed = request({ hostname, port, method, path, headers }, (response) => {
      const policy = [response.headers['content-security-policy'], SANDBOX].filter(Boolean).join(', ')
      answer.writeHead(response.statusCode!, { ...response.headers, 'content-security-policy': policy })
      response.pipe(answer)
    })
    passed.on('error', () => answer.destroy())
    asked.pipe(passed)
  })
  await new Promise<void>((resolve) => server.listen(0, hostname, resolve))
  const url = `http://${hostname}:${(server.address() as AddressInfo).port}`
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { url, close }
}
