import { readdir, readFile, statfs } from 'node:fs/promises';
import path from 'node:path';

const NEEDED_BYTES = 4 * 2 ** 30;

/** Where on a machine is said what counts here. */
export interface FastFolderPlaces {
  readonly memory: string;
  /** Says `Y` where the kernel has AppArmor, and it is on. */
  readonly appArmor: string;
  /** Of AppArmor: one file a profile, and a folder `disable` with links to those that are not loaded. */
  readonly profiles: string;
}

const PLACES: FastFolderPlaces = {
  memory: '/dev/shm',
  appArmor: '/sys/module/apparmor/parameters/enabled',
  profiles: '/etc/apparmor.d',
};

/**
 * Puts temporary folders into memory, where there is enough of it and the servers may write there: their data too. What a
 * killed process had given to the system is there after it, as it is in the cache of a disk.
 */
export async function useFastFolder(): Promise<void> {
  const folder = await findFastFolder();
  if (folder !== null) process.env.TMPDIR = folder;
}

/** The folder in memory that temporary folders may be in; null where there is none. */
export async function findFastFolder(places = PLACES, neededBytes = NEEDED_BYTES): Promise<string | null> {
  try {
    const { bavail, bsize } = await statfs(places.memory);
    if (bavail * bsize < neededBytes) return null;
  } catch {
    // Not on this system.
    return null;
  }
  return (await isServerGuarded(places)) ? null : places.memory;
}

/**
 * Whether AppArmor guards a server, as Ubuntu's packages have it: /usr/sbin/mysqld may then write to /tmp, and not to memory. The
 * profile of MariaDB's is a file with nothing but comments.
 */
async function isServerGuarded({ appArmor, profiles }: FastFolderPlaces): Promise<boolean> {
  const isOn = (await readFile(appArmor, 'utf8').catch(() => '')).startsWith('Y');
  if (!isOn) return false;
  const namesIn = (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => []);
  const disabled = await namesIn(path.join(profiles, 'disable'));
  const servers = (await namesIn(profiles)).filter((name) => SERVER.test(name) && !disabled.includes(name));
  const texts = await Promise.all(servers.map((name) => readFile(path.join(profiles, name), 'utf8').catch(() => '')));
  return texts.some((text) => PROFILE.test(text));
}

/** `usr.sbin.mysqld`, `mariadbd`; not what an editor or the package manager has left of one. */
const SERVER = /(^|\.)(mysqld|mariadbd)$/;

/** A line that opens one, and is no comment. */
const PROFILE = /^[^#\n]*\{/m;
