import fs from 'node:fs';
import path from 'node:path';

/** The licences of the packages that a bundle's files come from, sorted, as one text under a title. */
export function licencesOf(root, files, title) {
  const folders = packagesOf(files);
  const sections = folders.map((folder) => {
    const { name, version, license } = packageIn(root, folder);
    const file = licenceFile(root, folder) ?? licenceOfScope(root, folder, license, folders);
    if (!file && license === NO_NOTICE) return `${name} ${version} (${license})\n`;
    if (!file) throw new Error(`${folder} has no licence file: its licence cannot be passed on with the bundle`);
    const text = fs.readFileSync(file, 'utf8').replaceAll('\r\n', '\n').trim();
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  return `${title}\n\n${sections.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

function packageIn(root, folder) {
  return JSON.parse(fs.readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
}

function licenceFile(root, folder) {
  const name = fs.readdirSync(path.join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
  return name && path.join(root, folder, name);
}

/** Some packages of the AWS SDK lack the file that is in the others of its repository, under the same licence. */
function licenceOfScope(root, folder, license, folders) {
  const scope = folder.match(/^.*node_modules\/@[^/]+\//)?.[0];
  const others = folders.filter(
    (other) => scope && other.startsWith(scope) && packageIn(root, other).license === license,
  );
  return others.map((other) => licenceFile(root, other)).find(Boolean);
}

/** "MIT No Attribution": it asks for no notice to be passed on. https://spdx.org/licenses/MIT-0.html */
const NO_NOTICE = 'MIT-0';

/** Folders of the packages that the files belong to, sorted. */
function packagesOf(files) {
  const folders = files.map((file) => file.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/)?.[0]);
  return [...new Set(folders.filter(Boolean))].sort();
}
