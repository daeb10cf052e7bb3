import { defineConfig } from '@playwright/test'
import type { Options } from './tests/fixtures'

// ./dev sets these; by hand: cargo leptos build, then npx playwright test.
const executablePath = process.env.CHROMIUM || undefined
const port = 3100
const baseURL = `http://127.0.0.1:${port}`

// Every story runs in three worlds: without JavaScript, before the WASM has arrived, and after hydration. A file whose
// name ends like one of these runs in that world only: `hydrated.spec.ts`, `search.hydrated.spec.ts`.
const beforeTheWasm = /[/.]before-the-wasm\.spec\.ts$/
const hydrated = /[/.]hydrated\.spec\.ts$/

export default defineConfig<Options>({
  testDir: 'tests',
  globalTeardown: './tests/search.ts',
  outputDir: '../target/end2end',
  fullyParallel: true,
  forbidOnly: true,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    baseURL,
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath,
      // Chromium refuses to run its sandbox as root, which is what containers run as.
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    },
  },
  projects: [
    {
      name: 'no JavaScript',
      testIgnore: [beforeTheWasm, hydrated],
      use: { javaScriptEnabled: false, world: 'no JavaScript' },
    },
    {
      name: 'before the WASM',
      testIgnore: hydrated,
      use: { world: 'before the WASM' },
    },
    {
      name: 'hydrated',
      testIgnore: beforeTheWasm,
      use: { world: 'hydrated' },
    },
  ],
  webServer: {
    command: 'tests/server.sh',
    url: `${baseURL}/health/live`,
    env: { PORT: String(port) },
    timeout: 30_000,
  },
})
