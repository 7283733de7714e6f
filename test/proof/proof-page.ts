import type { ProofRun } from './proof-record';

/** A place of the page whose table is made of what a program noted. */
const PLACE = /^<!-- proof: (\w+) -->\n[^]*?^<!-- end -->$/gm;

/** The page with the tables that the records make, one for each `<!-- proof: program -->`. */
export function proofPage(page: string, read: (program: string) => readonly ProofRun[]): string {
  return page.replace(
    PLACE,
    (_, program: string) => `<!-- proof: ${program} -->\n\n${tableOf(read(program))}\n\n<!-- end -->`,
  );
}

function tableOf(runs: readonly ProofRun[]): string {
  if (runs.length === 0) return 'Not run yet.';
  const names = [...new Set(runs.flatMap(({ result }) => Object.keys(result)))];
  const rows = runs.map(({ command, date, commit, machine, seconds, result }) => [
    `\`${command.replaceAll('|', '\\|')}\``,
    ...names.map((name) => shown(result[name])),
    `${date}, ${commit}, ${machine}, ${seconds} s`,
  ]);
  const head = ['command', ...names, 'when, which code, on what'];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function shown(value: string | number | undefined): string {
  return typeof value === 'number' ? value.toLocaleString('en-US') : (value ?? '');
}
