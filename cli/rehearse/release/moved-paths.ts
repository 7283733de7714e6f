import * as fs from 'node:fs';
import * as path from 'node:path';

/** Where a commit's files stand, in place of the working tree's. */
export interface Moved {
  /** Of the working tree. */
  readonly root: string;
  /** Of the commit. */
  readonly files: string;
}

/** Names the commit's files in a text where it names the working tree's, as far as the commit has them. */
export function movedPaths(text: string, { root, files }: Moved): string {
  if (root === path.parse(root).root) return text;
  const inTree = new RegExp(`(?<![\\w.-])${escaped(root)}(?![\\w.-])(/[^\\s:;,"'\`()<>]*)?`, 'g');
  return text.replace(inTree, (named, below = '') => {
    const own = `${files}${String(below)}`;
    return fs.existsSync(own) ? own : named;
  });
}

/** Of the person or the machine, also where somebody has his home in a repository: caches and credentials are there. */
const NOT_OF_THE_TREE = /^(?:HOME|USERPROFILE|TMPDIR|TMP|TEMP|XDG_\w+)$/;

/**
 * The environment for what is run among the commit's files. Whoever calls from an environment of Python, or by a script of npm or
 * Yarn, has the working tree's in PATH, VIRTUAL_ENV and others, and what is installed then would go there.
 */
export function movedEnvironment(environment: NodeJS.ProcessEnv, moved: Moved): NodeJS.ProcessEnv {
  const own = Object.fromEntries(
    Object.entries(environment).map(([name, value = '']) => [
      name,
      NOT_OF_THE_TREE.test(name) ? value : movedPaths(value, moved),
    ]),
  );
  // uv brings this one to what the lock file says: one that is elsewhere would become the commit's.
  const environmentOfUv = own.UV_PROJECT_ENVIRONMENT ?? '';
  if (path.isAbsolute(environmentOfUv) && !environmentOfUv.startsWith(moved.files)) delete own.UV_PROJECT_ENVIRONMENT;
  return own;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
