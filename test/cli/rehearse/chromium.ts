import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** A browser of this machine; undefined where there is none, which in CI is an error. */
export function findChromium(): string | undefined {
  const found = PROGRAMS.find((program) => spawnSync(program, ['--version']).status === 0);
  if (found === undefined && process.env.CI === 'true')
    throw new Error(`none of ${PROGRAMS.join(', ')} is on the PATH: install it (Debian: apt-get install chromium)`);
  if (found === undefined)
    process.stderr.write('\nnote: no Chromium here: nobody looks at the page of the rehearsal\n');
  return found;
}

/** How a page is looked at. */
export interface Look {
  readonly width: number;
  readonly scheme: 'light' | 'dark';
}

/** What a script finds in a page, and what the page asked for besides itself. */
export interface Seen {
  readonly found: unknown;
  readonly requests: readonly string[];
}

/**
 * Shows a page in the browser, in a frame of the width, and runs a script on it.
 *
 * @param script the body of a function of `page`, its document, and `view`, its window
 */
export function lookAt(chromium: string, page: string, { width, scheme }: Look, script: string): Seen {
  const folder = mkdtempSync(path.join(tmpdir(), 'chromium-'));
  try {
    writeFileSync(path.join(folder, 'page.html'), page);
    writeFileSync(
      path.join(folder, 'frame.html'),
      `<!doctype html><iframe src="page.html" style="width:${width}px;height:4000px;border:0"></iframe><pre></pre><script>
        const frame = document.querySelector('iframe');
        frame.onload = () => {
          const find = (page, view) => { ${script} };
          const view = frame.contentWindow;
          const requests = view.performance.getEntriesByType('resource').map(({ name }) => name);
          document.querySelector('pre').textContent = JSON.stringify({ found: find(frame.contentDocument, view), requests });
        };
      </script>`,
    );
    const { status, stdout, stderr } = spawnSync(
      chromium,
      [
        ...[
          '--headless',
          '--no-sandbox',
          '--disable-gpu',
          '--allow-file-access-from-files',
          '--virtual-time-budget=5000',
        ],
        ...['--disable-background-networking', '--disable-component-update', '--no-first-run', '--hide-scrollbars'],
        // The browser itself has much to tell its makers.
        '--host-resolver-rules=MAP * ~NOTFOUND',
        ...[`--user-data-dir=${path.join(folder, 'profile')}`, '--window-size=1400,900'],
        `--blink-settings=preferredColorScheme=${scheme === 'dark' ? 0 : 1}`,
        ...['--dump-dom', `file://${path.join(folder, 'frame.html')}`],
      ],
      { encoding: 'utf8' },
    );
    const [, json] = /<pre>([^]*?)<\/pre>/.exec(stdout) ?? [];
    if (status !== 0 || json === undefined || json === '')
      throw new Error(`${chromium} ended with ${status}: ${stderr}`);
    return JSON.parse(unescaped(json)) as Seen;
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
