import * as fs from 'node:fs';
import * as path from 'node:path';

/** Where a commit's files stand, in place of the working tree's. */
export interface Moved {
  /** Of the working tree. */
  readonly root: string;
  /** The same folder, as it is called by way of a link. */
  readonly alsoRoot?: readonly string[];
  /** Of the commit. */
  readonly files: string;
}

/** Names the commit's files in a text where it names the working tree's, as far as the commit has them. */
export function movedPaths(text: string, { root, alsoRoot = [], files }: Moved): string {
  return [root, ...alsoRoot].reduce((moved, each) => movedFrom(each, files, moved), text);
}

function movedFrom(root: string, files: string, text: string): string {
  if (root === path.parse(root).root) return text;
  const inTree = new RegExp(`(?<![\\w.-])${escaped(root)}(?![\\w.-])(/[^\\t\\r\\n:;,"'\`()<>]*)?`, 'g');
  return text.replace(inTree, (_, below = '') => {
    // A blank is a part of the path, or its end: the longest one that is there.
    const words = String(below).split(' ');
    const ends = words.map((_word, index) => words.length - index);
    const end = ends.find((each) => fs.existsSync(files + words.slice(0, each).join(' '))) ?? 0;
    const rest = (from: number): string =>
      words
        .slice(from)
        .map((word) => ` ${word}`)
        .join('');
    if (end === 0) return `${root}${words[0] ?? ''}${movedFrom(root, files, rest(1))}`;
    return `${files}${words.slice(0, end).join(' ')}${movedFrom(root, files, rest(end))}`;
  });
}

/**
 * What a folder is called otherwise, where one of these paths leads into it by way of a link: environments of Python name
 * themselves, and PATH names them, as somebody has come to them.
 */
export function otherNames(root: string, paths: readonly (string | undefined)[]): readonly string[] {
  const names = paths.flatMap((each) => {
    if (each === undefined || !path.isAbsolute(each) || !fs.existsSync(each)) return [];
    const name = path.resolve(each, path.relative(fs.realpathSync(each), root));
    return name !== root && fs.existsSync(name) && fs.realpathSync(name) === root ? [name] : [];
  });
  return [...new Set(names)];
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
