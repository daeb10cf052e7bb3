/** Part of every password here. It may be seen in no URL, page, log or WASM. */
export const MARKER = 'battery-staple-marker'
