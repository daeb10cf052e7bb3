// After all stories: no password is in what the server wrote or in what was built.
import { readFile, readdir } from 'node:fs/promises'
import { MARKER } from './secret'

export default async function search(): Promise<void> {
  const servers = (await readdir('../target/end2end-server')).map((port) => `../target/end2end-server/${port}`)
  for (const server of servers) {
    const log = await readFile(`${server}/log`, 'utf8')
    if (log.includes(MARKER) || log.includes('link=')) throw new Error(`a password or a link is in the log of ${server}`)
  }
  const logs = await Promise.all(servers.map((server) => readFile(`${server}/log`, 'utf8')))
  if (!logs.some((log) => log.includes('user_logged_in'))) throw new Error('no log was listened to')
  const built = await readdir('../target/site/pkg')
  for (const name of built) {
    const file = await readFile(`../target/site/pkg/${name}`)
    if (file.includes(MARKER)) throw new Error(`a password is in ${name}`)
  }
  for (const file of servers.flatMap((server) => ['database.sqlite', 'database.sqlite-wal'].map((name) => `${server}/${name}`))) {
    const rows = await readFile(file).catch(() => '')
    if (rows.includes(MARKER)) throw new Error(`a password is in ${file}`)
  }
}
