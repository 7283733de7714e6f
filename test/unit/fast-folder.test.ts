import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findFastFolder, type FastFolderPlaces } from '../fast-folder';

const UBUNTUS = `# vim:syntax=apparmor
#include <tunables/global>

/usr/sbin/mysqld {
  #include <abstractions/user-tmp>
}
`;
const MARIADBS = '# This file is intentionally empty: { and } stand in a comment.\n';

let folder: string;
let places: FastFolderPlaces;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'fast-folder-'));
  places = { memory: folder, appArmor: path.join(folder, 'enabled'), profiles: path.join(folder, 'apparmor.d') };
});
afterEach(() => rm(folder, { recursive: true }));

const find = (): Promise<string | null> => findFastFolder(places, 0);

async function setUp(enabled: string, profiles: Readonly<Record<string, string>>): Promise<void> {
  await writeFile(places.appArmor, `${enabled}\n`);
  for (const [name, text] of Object.entries(profiles)) {
    const file = path.join(places.profiles, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

test('temporary folders are in memory where no AppArmor is', async () => {
  expect(await find()).toBe(folder);
});

test.each([
  ['guards other programs', 'Y', { 'usr.bin.man': '/usr/bin/man {\n}\n', 'usr.sbin.mysqld.dpkg-old': UBUNTUS }],
  ['is off', 'N', { 'usr.sbin.mysqld': UBUNTUS }],
  ['has no profiles', 'Y', {}],
  ["has MariaDB's empty profile", 'Y', { 'usr.sbin.mariadbd': MARIADBS }],
  ['has that of a server switched off', 'Y', { 'usr.sbin.mysqld': UBUNTUS, 'disable/usr.sbin.mysqld': UBUNTUS }],
])('they are where AppArmor %s', async (_, enabled, profiles: Record<string, string>) => {
  await setUp(enabled, profiles);
  expect(await find()).toBe(folder);
});

test.each([
  ['mysqld', { 'usr.sbin.mysqld': UBUNTUS, 'usr.sbin.mariadbd': MARIADBS }],
  ['mariadbd', { mariadbd: 'profile mariadbd /usr/sbin/{mysqld,mariadbd} {\n}\n' }],
])('they are not where AppArmor guards %s, which may not write there', async (_, profiles: Record<string, string>) => {
  await setUp('Y', profiles);
  expect(await find()).toBeNull();
});

test('they are not where it has no room', async () => {
  expect(await findFastFolder(places, Infinity)).toBeNull();
});

test('they are not where there is no such folder', async () => {
  expect(await findFastFolder({ ...places, memory: path.join(folder, 'nowhere') }, 0)).toBeNull();
});
