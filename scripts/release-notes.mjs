/**
 * Prints what CHANGELOG.md says of the version that a tag names: `node scripts/release-notes.mjs v1.2.3`. It fails where the tag
 * is not the version of package.json, the package names another repository, or the changelog has nothing of it: such a release must not go out.
 */
import fs from 'node:fs';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const tag = process.argv[2] ?? '';
const { version, repository } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
if (tag !== `v${version}`) fail(`the tag is "${tag}", and package.json has the version ${version}`);
// npm refuses a provenance from another repository than the one that the package names, and then it is too late.
const builtIn = process.env.GITHUB_REPOSITORY;
if (builtIn && !repository?.url.includes(`/${builtIn}`)) {
  fail(`this is built in ${builtIn}, and package.json has the repository ${repository?.url}: correct it`);
}

const sections = fs.readFileSync(path.join(root, 'CHANGELOG.md'), 'utf8').split(/^## /m).slice(1);
const section = sections.find((text) => text.startsWith(`[${version}]`));
const notes = section?.slice(section.indexOf('\n')).trim() ?? '';
if (notes === '') fail(`CHANGELOG.md has no section "## [${version}]" with text: write it first`);
console.log(notes);

function fail(problem) {
  console.error(`release-notes: ${problem}`);
  process.exit(1);
}
