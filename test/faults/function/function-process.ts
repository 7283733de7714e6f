import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from '../../../rehearsal/error-facts';

/** The child process of ours that holds the client's end of a connection; undefined where the system does not say. */
export async function processOfPort(port: number): Promise<number | undefined> {
  // The table of connections is not read at one moment: one that is there may be missed when others come and go.
  for (const pause of PAUSES) {
    if (pause > 0) await sleep(pause);
    const pid = await lookUp(port);
    if (pid !== undefined) return pid;
  }
  return undefined;
}

/**
 * Kills that process, and no other.
 * @param otherwise - for where the system does not say which one it is
 */
export async function killProcessOfPort(port: number, otherwise: () => Promise<void>): Promise<void> {
  const pid = await processOfPort(port);
  if (pid === undefined) {
    await otherwise();
    return;
  }
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It was faster.
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}

/** Before each look, in milliseconds. */
const PAUSES = [0, 0, 0, 10, 50, 200];

async function lookUp(port: number): Promise<number | undefined> {
  try {
    const inode = await inodeOf(port);
    if (inode === undefined) return undefined;
    const children = await readFile(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8');
    for (const pid of children.trim().split(' ').map(Number)) if (await holds(pid, inode)) return pid;
    return undefined;
  } catch {
    // There is no /proc but on Linux.
    return undefined;
  }
}

async function inodeOf(port: number): Promise<string | undefined> {
  const local = port.toString(16).toUpperCase().padStart(4, '0');
  const table = await readFile('/proc/net/tcp', 'utf8');
  for (const line of table.split('\n')) {
    const fields = line.trim().split(/\s+/);
    if (fields[1]?.endsWith(`:${local}`) === true && fields[9] !== '0') return fields[9];
  }
  return undefined;
}

async function holds(pid: number, inode: string): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const files = await readdir(folder).catch(() => []);
  const links = await Promise.all(files.map((file) => readlink(`${folder}/${file}`).catch(() => '')));
  return links.includes(`socket:[${inode}]`);
}
