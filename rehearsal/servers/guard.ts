import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';

/** What is to go when this process goes, however it goes. */
export interface Guarded {
  /** Processes to kill. */
  readonly pids: readonly number[];
  /** A temporary folder to remove. */
  readonly folder: string;
}

/** Ends a guard without it doing anything: what it watched is gone already. */
export type Release = () => void;

/**
 * Watches over processes and a folder: when this process ends, be it by an exception, a signal or SIGKILL, a small shell
 * kills the processes and removes the folder. It notices by the end of its standard input, which the system closes for
 * a dead process; handlers for 'exit' and for signals would miss SIGKILL, and a library should not install them.
 */
export async function guard({ pids, folder }: Guarded): Promise<Release> {
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'sh', folder, ...pids.map(String)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Out of our process group: a Ctrl-C in the terminal must not end the guard before it did its work.
    detached: true,
    cwd: '/',
  });
  await once(shell, 'spawn');
  shell.stdin.on('error', () => undefined);
  shell.unref();
  // The type only says Writable, but a pipe to a child is a socket.
  if (shell.stdin instanceof Socket) shell.stdin.unref();
  return () => {
    shell.kill('SIGKILL');
  };
}

const SCRIPT = `
folder=$1; shift
cat >/dev/null
[ $# = 0 ] || kill -9 "$@" 2>/dev/null
for i in 1 2 3 4 5 6 7 8 9 10; do rm -rf "$folder" && break; sleep 0.1; done
`;
