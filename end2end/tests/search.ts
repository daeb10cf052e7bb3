// After all stories: no password is in what the server wrote or in what was built.
import { readFile, readdir } from 'node:fs/promises'
import { MARKER } from './secret'

export default async function search(): Promise<void> {
  const log = await readFile('../target/end2end-server/log', 'utf8')
  if (!log.includes('user_logged_in')) throw new Error('the log was not listened to')
  if (log.includes(MARKER)) throw new Error('a password is in the log')
  const built = await readdir('../target/site/pkg')
  for (const name of built) {
    const file = await readFile(`../target/site/pkg/${name}`)
    if (file.includes(MARKER)) throw new Error(`a password is in ${name}`)
  }
  for (const file of ['database.sqlite', 'database.sqlite-wal']) {
    const rows = await readFile(`../target/end2end-server/${file}`).catch(() => '')
    if (rows.includes(MARKER)) throw new Error(`a password is in ${file}`)
  }
}
