/** What a tool came to in one case. */
export interface BenchCell {
  readonly tool: string;
  /** Median of all rounds, in milliseconds. */
  readonly ms: number;
  /** Half of the distance between the quartiles, in hundredths of the median: how noisy the rounds were. */
  readonly noise: number;
  readonly queries: number;
  /** Peak of the resident set, in megabytes. */
  readonly peakMb: number;
}

/** One case: a server, what the migrations do, how many, and how far away the server is. */
export interface BenchCase {
  readonly server: string;
  readonly kind: string;
  readonly migrations: number;
  /** Milliseconds that are added to each round trip. */
  readonly delayMs: number;
  /** False where all of them were applied before. */
  readonly isPending: boolean;
  readonly rounds: number;
  readonly cells: readonly BenchCell[];
}

/** The tool that the ratios are of. */
const REFERENCE = 'client with history';

/** Middle, and noise, of times in milliseconds. */
export function middleOf(times: readonly number[]): { readonly ms: number; readonly noise: number } {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  const ms = at(0.5);
  return { ms, noise: ms === 0 ? 0 : Math.round(((at(0.75) - at(0.25)) / 2 / ms) * 100) };
}

/** Title of a case. */
function titleOf({ server, kind, migrations, delayMs, isPending }: BenchCase): string {
  const what = isPending ? `${migrations.toLocaleString('en-US')} × ${kind}` : `${migrations} applied, nothing pending`;
  return `${server}, ${what}${delayMs > 0 ? `, ${delayMs} ms away` : ''}`;
}

/** What a page says of its run. */
export interface BenchAbout {
  /** As it is typed. */
  readonly command: string;
  /** Such as `2026-11-28`. */
  readonly date: string;
  /** The commit that was measured, short. */
  readonly commit: string;
  /** Processors and the version of Node.js. */
  readonly machine: string;
  /** `knex 3.1.0` and so on. */
  readonly versions: readonly string[];
}

/** The page of a run, whose picture lies beside it. */
export function pageOf(cases: readonly BenchCase[], about: BenchAbout): string {
  const { command, date, commit, machine, versions } = about;
  return `# Bench

Written by \`${command}\` on ${date}, at ${commit}, on ${machine}; ${versions.join(', ')}.

Each tool is started as people start it, and timed from there to its end; ours is the function's own handler, which also gets its
secret, compares the schema before and after, and answers. All tools run in turn in each round. Times are medians, and mean nothing
beyond the machine: compare the ratios. Behind ± is half of the distance between the quartiles, which is the noise. _Client_ sends the
statements and nothing else, _client with history_ also one INSERT for each. _Away_: each round trip takes so much longer, as between
two zones.

![Duration of each tool, with the database in another zone](bench.svg)

${tablesOf(cases)}
`;
}

/** The cases as tables of Markdown. */
export function tablesOf(cases: readonly BenchCase[]): string {
  return cases.map((each) => `**${titleOf(each)}** (${each.rounds} rounds)\n\n${tableOf(each)}`).join('\n\n');
}

function tableOf({ cells }: BenchCase): string {
  const reference = cells.find(({ tool }) => tool === REFERENCE)?.ms;
  const rows = [...cells]
    .sort((a, b) => a.ms - b.ms)
    .map(({ tool, ms, noise, queries, peakMb }) => [
      tool === 'ours' ? '**ours**' : tool,
      `${Math.round(ms).toLocaleString('en-US')} ms ± ${noise} %`,
      reference === undefined ? '' : (ms / reference).toFixed(2),
      queries.toLocaleString('en-US'),
      `${peakMb} MB`,
    ]);
  const head = ['tool', 'median', reference === undefined ? '' : `to the ${REFERENCE}`, 'queries', 'peak memory'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const BAR = 18;
const LABEL = 150;
const WIDTH = 720;

/** The cases as bars, an SVG that is light or dark as its reader's screen is. */
export function pictureOf(cases: readonly BenchCase[]): string {
  const parts: string[] = [];
  let y = 4;
  for (const each of cases) {
    parts.push(`<text x="0" y="${y + 14}" class="title">${titleOf(each)}</text>`);
    y += 24;
    const longest = Math.max(...each.cells.map(({ ms }) => ms));
    for (const { tool, ms } of [...each.cells].sort((a, b) => a.ms - b.ms)) {
      const width = Math.max(1, ((WIDTH - LABEL - 90) * ms) / longest);
      parts.push(
        `<text x="0" y="${y + 13}" class="text">${tool}</text>`,
        `<rect x="${LABEL}" y="${y}" width="${width.toFixed(1)}" height="${BAR - 4}" class="${tool === 'ours' ? 'ours' : 'bar'}"/>`,
        `<text x="${(LABEL + width + 6).toFixed(1)}" y="${y + 12}" class="text">${Math.round(ms).toLocaleString('en-US')} ms</text>`,
      );
      y += BAR;
    }
    y += 14;
  }
  const style =
    '.text{font-size:12px;fill:#59636e}.title{font-size:13px;font-weight:bold;fill:#1f2328}.bar{fill:#afb8c1}.ours{fill:#1f6feb}' +
    '@media(prefers-color-scheme:dark){.text{fill:#9198a1}.title{fill:#f0f6fc}.bar{fill:#3d444d}.ours{fill:#4493f8}}';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" role="img" aria-label="Duration of each tool, shorter is better" font-family="-apple-system, 'Segoe UI', Helvetica, Arial, sans-serif">`,
    `<title>Duration of each tool, shorter is better</title><style>${style}</style>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}
