import { defineConfig } from '@playwright/test'
import type { Options } from './tests/fixtures'

// ./dev sets these; by hand: cargo leptos build, then npx playwright test.
const executablePath = process.env.CHROMIUM || undefined
const port = 3100
const baseURL = `http://127.0.0.1:${port}`

// The same stories in three worlds: a visitor without JavaScript, one who is faster than the WASM, and one who is not.
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
      testMatch: 'every-world.spec.ts',
      use: { javaScriptEnabled: false, world: 'no JavaScript' },
    },
    {
      name: 'before the WASM',
      testMatch: ['every-world.spec.ts', 'before-the-wasm.spec.ts'],
      use: { world: 'before the WASM' },
    },
    {
      name: 'hydrated',
      testMatch: ['every-world.spec.ts', 'hydrated.spec.ts'],
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
