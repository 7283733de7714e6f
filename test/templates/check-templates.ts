/**
 * What checkov and cfn-lint say of the templates, against what is explained in `explained-findings.ts`. A finding without an
 * explanation fails, and so does an explanation of what is found no more. What a user's own cluster, secret and topic lack is
 * not ours to say. `npm run test:templates`; both tools are fetched from PyPI into a virtual environment in `.cache`.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { EXPLAINED, type ExplainedFinding, OURS } from './explained-findings';
import { synthesizeTemplates } from './templates';

interface Finding {
  readonly rule: string;
  readonly resource: string;
  readonly says: string;
}

const REQUIREMENTS = path.join(__dirname, 'requirements.txt');
const CACHE = path.join(__dirname, '../../.cache/template-checks');

const folder = synthesizeTemplates();
try {
  const bin = environment();
  const templates = readdirSync(folder).filter((name) => name.endsWith('.template.json'));
  const found = templates.flatMap((name) => {
    const file = path.join(folder, name);
    return [...byCheckov(bin, file), ...byCfnLint(bin, file)].filter(({ resource }) => OURS.test(resource));
  });
  report(templates, found);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function report(templates: readonly string[], found: readonly Finding[]): void {
  const explains = ({ rule, resource }: ExplainedFinding, finding: Finding): boolean =>
    rule === finding.rule && resource.test(finding.resource);
  const unexplained = found.filter((finding) => !EXPLAINED.some((each) => explains(each, finding)));
  const stale = EXPLAINED.filter((each) => !found.some((finding) => explains(each, finding)));

  for (const { rule, resource, says } of unexplained) console.log(`not explained: ${rule} ${resource}: ${says}`);
  for (const { rule, resource } of stale) console.log(`explained, and not found any more: ${rule} ${String(resource)}`);
  console.log(`${templates.length} templates, ${found.length} findings, ${unexplained.length} of them not explained`);
  process.exitCode = unexplained.length + stale.length === 0 && found.length > 0 ? 0 : 1;
}

function byCheckov(bin: string, file: string): Finding[] {
  const args = ['--file', file, '--framework', 'cloudformation', '--output', 'json', '--skip-download', '--quiet'];
  const { results } = JSON.parse(output(path.join(bin, 'checkov'), args, [0, 1])) as {
    readonly results: {
      readonly failed_checks: readonly { check_id: string; check_name: string; resource: string }[];
    };
  };
  return results.failed_checks.map(({ check_id: rule, check_name: says, resource }) => ({
    rule,
    says,
    // AWS::Lambda::Function.MigrationsFunction
    resource: resource.slice(resource.indexOf('.') + 1),
  }));
}

function byCfnLint(bin: string, file: string): Finding[] {
  // A bit for each of errors, warnings and notes.
  const text = output(path.join(bin, 'cfn-lint'), ['--format', 'json', file], [0, 2, 4, 6, 8, 10, 12, 14]);
  const matches = JSON.parse(text || '[]') as readonly {
    readonly Rule: { readonly Id: string };
    readonly Message: string;
    readonly Location: { readonly Path: readonly (string | number)[] | null };
  }[];
  return matches.map(({ Rule, Message, Location }) => ({
    rule: Rule.Id,
    says: Message,
    resource: String(Location.Path?.[1] ?? ''),
  }));
}

/** Makes the virtual environment where it is not there yet; gives the folder of its programs. */
function environment(): string {
  const bin = path.join(CACHE, 'bin');
  const mark = path.join(CACHE, `made-${createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex')}`);
  if (!existsSync(mark)) {
    output('python3', ['-m', 'venv', '--clear', CACHE], [0]);
    output(path.join(bin, 'pip'), ['install', '--quiet', '--requirement', REQUIREMENTS], [0]);
    writeFileSync(mark, '');
  }
  return bin;
}

function output(command: string, args: readonly string[], expected: readonly number[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status === null || !expected.includes(status)) {
    throw new Error(`${command} ${args.join(' ')} failed\n${error?.message ?? `${stdout}${stderr}`}`);
  }
  return stdout;
}
