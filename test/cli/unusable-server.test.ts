import { chmodSync } from 'node:fs';
import path from 'node:path';
import { CREATE_USER, migrationFolder } from '../lib/source/migration-folder';
import { runProgram } from './run-program';

/** It says its version, and that is all. */
const BROKEN =
  '#!/bin/sh\ncase "$*" in *--version*) echo "mysqld  Ver 0.0.1 for Linux";; *) echo "no plugin x" >&2; exit 7;; esac\n';

const folder = migrationFolder({ 'migrations/0001_user.sql': CREATE_USER, 'bin/broken': BROKEN });
const broken = path.join(folder, 'bin/broken');
chmodSync(broken, 0o755);

describe.each(['prove', 'dump'])('%s', (command) => {
  test.each([
    [
      'cannot be run',
      'nosuchprog',
      /DATABASE_SERVER_COMMANDS has `nosuchprog`, which cannot be run .*\nNothing was run/,
    ],
    ['does not start', broken, /could not initialise a data directory \(exit code 7\):\nno plugin x\nNothing was run/],
  ])('where the server that is named %s, says so as the failure that it is', (_what, server, says) => {
    const { code, stdout, stderr } = runProgram(folder, [command], {
      DATABASE_SERVER_COMMANDS: server,
      DATABASE_URL: '',
    });

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/fault of the program|^ +at /m);
  });
});
