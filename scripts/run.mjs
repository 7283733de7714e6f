import { spawnSync } from 'node:child_process';

/** Runs a command and gives what it wrote; its whole output is in the error where it fails. */
export function run(command, args, cwd, env = process.env) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed\n${error?.message ?? `${stdout}${stderr}`}`);
  return stdout;
}
