/** Part of every test password. It must not appear in a URL, page, log or the WASM. */
export const MARKER = 'battery-staple-marker'
