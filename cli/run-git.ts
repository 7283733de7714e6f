import { spawnSync } from 'node:child_process';

/** Bytes of what git may print: a dump may be among the files of a folder. */
const MOST_BYTES = 1024 ** 3;

/** In a hook git names its own repository in these, relative to another folder than this one. */
export const OF_HOOKS: ReadonlySet<string> = new Set(['GIT_DIR', 'GIT_INDEX_FILE', 'GIT_WORK_TREE', 'GIT_COMMON_DIR']);

/** What git answered; `missing` where there is no git. */
export type GitAnswer =
  | { readonly kind: 'ran'; readonly status: number | null; readonly stdout: Buffer; readonly stderr: Buffer }
  | { readonly kind: 'missing' };

/**
 * Runs git in a folder.
 *
 * @param variables of the environment, above those of this process
 */
export function runGit(
  folder: string,
  args: readonly string[],
  {
    input = '',
    variables = {},
  }: { readonly input?: string; readonly variables?: Readonly<Record<string, string>> } = {},
): GitAnswer {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OF_HOOKS.has(name)));
  const { status, stdout, stderr, error } = spawnSync('git', args, {
    cwd: folder,
    // In English, since one of its sentences is told from the others.
    env: { ...inherited, LC_ALL: 'C', LANGUAGE: '', ...variables },
    input,
    maxBuffer: MOST_BYTES,
  });
  if (error === undefined) return { kind: 'ran', status, stdout, stderr };
  if ('code' in error && error.code === 'ENOENT') return { kind: 'missing' };
  return { kind: 'ran', status: null, stdout: Buffer.of(), stderr: Buffer.from(error.message) };
}

/** What git says of a folder. */
export type GitFolder =
  | { readonly kind: 'work-tree' }
  /** It is in no repository. */
  | { readonly kind: 'none' }
  /** It is in one, or may be, and git reads it not. */
  | { readonly kind: 'refused'; readonly because: string }
  /** There is no git. */
  | { readonly kind: 'missing' };

/**
 * Whether a folder is in a repository. Whoever takes git's refusal for "no repository" proves something else than was asked, and
 * says nothing of it.
 */
export function lookForWorkTree(folder: string): GitFolder {
  const answer = runGit(folder, ['rev-parse', '--is-inside-work-tree']);
  if (answer.kind === 'missing') return answer;
  if (answer.status === 0) {
    if (answer.stdout.toString().trim() === 'true') return { kind: 'work-tree' };
    return {
      kind: 'refused',
      because: `${folder} is in a repository without a working tree (a bare one, or .git itself)`,
    };
  }
  const said = asSentence(answer.stderr.toString());
  // Where a repository is named that is not there, as a worktree's in a container, git says so with a colon.
  if (!said.startsWith('not a git repository (or any')) return { kind: 'refused', because: `git says: ${said}` };
  if (process.env.GIT_DIR === undefined) return { kind: 'none' };
  const because = `${folder} is in no git repository, and GIT_DIR is passed over, since hooks of git have it for another folder`;
  return { kind: 'refused', because };
}

/** Several lines of git, of which the last says what to do. */
function asSentence(said: string): string {
  const text = said.replace(/^(?:fatal|error): /, '').replace(/\s+/g, ' ');
  return text.trim().replace(/\.$/, '') || 'nothing';
}
