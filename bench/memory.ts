import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Rehearsal } from '../rehearsal/rehearsal';
import { SAMPLE_STACK, synthesize } from '../rehearsal/sample-app';

/**
 * Peak memory of the function, as the real bundle in a child process has it: with nothing to do, with 500 migrations and
 * with one file of 50 MB.
 */
async function main(): Promise<void> {
  const rehearsal = await Rehearsal.start({ database: { fast: true } });
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-memory-'));
  try {
    for (const [name, more] of Object.entries(RELEASES)) {
      const stack = rehearsal.stack(`${SAMPLE_STACK}-${name}`, {
        environment: { DATABASE_NAME: name },
        listener: () => undefined,
      });
      const template = synthesize({ files: [], more: more(), version: '1' }, path.join(folder, name));
      const { status } = await stack.deploy(path.join(template, `${SAMPLE_STACK}.template.json`));
      const peaks = stack.invocations.map(({ log }) => Number(/Max Memory Used: (\d+) MB/.exec(log)?.[1] ?? 0));
      process.stdout.write(`${name}: ${Math.max(...peaks)} MB (${status})\n`);
    }
  } finally {
    await rehearsal.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const RELEASES: Readonly<Record<string, () => Readonly<Record<string, string>>>> = {
  one: () => ({ '0001_first.sql': table(0) }),
  many: () => Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`${pad(index)}_t.sql`, table(index)])),
  large: () => ({ '0001_large.sql': large() }),
};

function pad(index: number): string {
  return String(index + 1).padStart(4, '0');
}

function table(index: number): string {
  return `-- migrate:up\nCREATE TABLE t${index} (id INT PRIMARY KEY, name VARCHAR(50));\n-- migrate:down\nDROP TABLE t${index};\n`;
}

/** 50 MB in INSERT statements of 100 kB, as a dump has them. */
function large(): string {
  const rows = (from: number): string =>
    Array.from({ length: 1_000 }, (_, index) => `(${from + index}, '${'x'.repeat(85)}')`).join(',');
  const inserts = Array.from({ length: 500 }, (_, index) => `INSERT INTO large VALUES ${rows(index * 1_000)};\n`);
  return `-- migrate:up\nCREATE TABLE large (id INT PRIMARY KEY, text VARCHAR(100));\n${inserts.join('')}-- migrate:down\nDROP TABLE large;\n`;
}

void main();
