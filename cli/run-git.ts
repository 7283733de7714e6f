import { spawnSync } from 'node:child_process';

/** Bytes of what git may print: a dump may be among the files of a folder. */
const MOST_BYTES = 1024 ** 3;

/** In a hook git names its own repository in these, relative to another folder than this one. */
export const OF_HOOKS: ReadonlySet<string> = new Set(['GIT_DIR', 'GIT_INDEX_FILE', 'GIT_WORK_TREE']);

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
    env: { ...inherited, ...variables },
    input,
    maxBuffer: MOST_BYTES,
  });
  if (error !== undefined && 'code' in error && error.code === 'ENOENT') return { kind: 'missing' };
  if (error !== undefined) throw error;
  return { kind: 'ran', status, stdout, stderr };
}
