import { execFileSync } from 'node:child_process';
import path from 'node:path';

/**
 * How long Node takes to load the function, which each cold start pays: the bundle, and beside it the three libraries as they come. Each
 * in a process of its own, in turn.
 */
const LOADED: Readonly<Record<string, readonly string[]>> = {
  'the bundle': [path.join(__dirname, '../dist/function/index.js')],
  'umzug, serverless-mysql and cfn-response': ['umzug', 'serverless-mysql', 'cfn-response'],
};

const ROUNDS = 15;

const PROGRAM = `const startedAt = performance.now();
for (const name of process.argv.slice(1)) require(name);
process.stdout.write(String(performance.now() - startedAt));
process.exit();`;

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function loading(modules: readonly string[]): number {
  return Number(execFileSync(process.execPath, ['--eval', PROGRAM, ...modules], { encoding: 'utf8' }));
}

const times = Object.values(LOADED).map((modules) => ({ modules, taken: [] as number[] }));
for (let round = 0; round < ROUNDS; round += 1) for (const { modules, taken } of times) taken.push(loading(modules));
const medians = times.map(({ taken }) => median(taken));
for (const [index, name] of Object.keys(LOADED).entries()) {
  const ratio = (medians[index] ?? 0) / (medians.at(-1) ?? 1);
  process.stdout.write(`${name}: ${(medians[index] ?? 0).toFixed(1)} ms, ${ratio.toFixed(2)}\n`);
}
