import { defineConfig, type PlaywrightTestConfig } from '@playwright/test'
import { MAIL_PORT, type Options } from './tests/fixtures'

// ./dev sets these; by hand: cargo leptos build, then npx playwright test.
const { CHROMIUM, FIREFOX } = process.env
const port = 3100
const baseURL = `http://localhost:${port}`

// Every story runs in three worlds: without JavaScript, before the WASM has arrived, and after hydration. A file whose
// name ends like one of these runs in that world only: `hydrated.spec.ts`, `search.hydrated.spec.ts`.
const beforeTheWasm = /[/.]before-the-wasm\.spec\.ts$/
const hydrated = /[/.]hydrated\.spec\.ts$/
/** In Chromium, hydrated: the other worlds have the same HTML. */
const axe = /[/.]axe\.spec\.ts$/
/** In Chromium: it goes through every page many times. */
const changedPage = /[/.]changed-page\.before-the-wasm\.spec\.ts$/

type Project = NonNullable<PlaywrightTestConfig<Options>['projects']>[number]

/** The three worlds of a browser. */
function worlds(browser: string, use: Project['use']): Project[] {
  const not = use?.browserName === 'chromium' ? [] : [axe, changedPage]
  return [
    {
      name: `no JavaScript, ${browser}`,
      testIgnore: [beforeTheWasm, hydrated, axe],
      use: { ...use, javaScriptEnabled: false, world: 'no JavaScript' },
    },
    {
      name: `before the WASM, ${browser}`,
      testIgnore: [hydrated, axe, ...not],
      use: { ...use, world: 'before the WASM' },
    },
    {
      name: `hydrated, ${browser}`,
      testIgnore: [beforeTheWasm, ...not],
      use: { ...use, world: 'hydrated' },
    },
  ]
}

export default defineConfig<Options>({
  testDir: 'tests',
  globalTeardown: './tests/search.ts',
  outputDir: '../target/end2end',
  fullyParallel: true,
  forbidOnly: true,
  // A trace takes as long as the story: only a story that failed is run again, with one. It stays failed.
  retries: 1,
  failOnFlakyTests: true,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    baseURL,
    trace: 'on-first-retry',
  },
  projects: [
    ...worlds('Chromium', {
      browserName: 'chromium',
      launchOptions: {
        executablePath: CHROMIUM || undefined,
        // Chromium refuses to run its sandbox as root, which is what containers run as.
        args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
      },
    }),
    // An installed Firefox is driven by WebDriver BiDi, which is the protocol of this channel. Playwright's own has another.
    ...worlds('Firefox', {
      browserName: 'firefox',
      channel: FIREFOX ? 'moz-firefox' : undefined,
      launchOptions: { executablePath: FIREFOX || undefined },
      // BiDi has no stream of pictures: Playwright would ask for one again and again.
      trace: { mode: 'on-first-retry', screenshots: false },
    }),
  ],
  webServer: [
    { port, signUp: 'open' },
    { port: MAIL_PORT, signUp: 'confirmed' },
  ].map(({ port, signUp }) => ({
    command: 'tests/server.sh',
    url: `http://localhost:${port}/health/live`,
    env: { PORT: String(port), SIGN_UP: signUp },
    timeout: 30_000,
  })),
})
