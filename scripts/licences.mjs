import fs from 'node:fs';
import path from 'node:path';

/** The licences of the packages that a bundle's files come from, sorted, as one text under a title. */
export function licencesOf(root, files, title) {
  const sections = packagesOf(files).map((folder) => {
    const { name, version, license } = JSON.parse(fs.readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
    const file = fs.readdirSync(path.join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
    if (!file && license === NO_NOTICE) return `${name} ${version} (${license})\n`;
    if (!file) throw new Error(`${folder} has no licence file: its licence cannot be passed on with the bundle`);
    const text = fs
      .readFileSync(path.join(root, folder, file), 'utf8')
      .replaceAll('\r\n', '\n')
      .trim();
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  return `${title}\n\n${sections.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/** "MIT No Attribution": it asks for no notice to be passed on. https://spdx.org/licenses/MIT-0.html */
const NO_NOTICE = 'MIT-0';

/** Folders of the packages that the files belong to, sorted. */
function packagesOf(files) {
  const folders = files.map((file) => file.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/)?.[0]);
  return [...new Set(folders.filter(Boolean))].sort();
}
