import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tls from 'node:tls';
import { databaseAuthorities } from '../../../lambda/edges/authorities';

// In Lambda it is in a folder of the runtime's.
const mockFolder = mkdtempSync(path.join(tmpdir(), 'authorities-'));
jest.mock('../../../lambda/contract', () => ({
  ...jest.requireActual<object>('../../../lambda/contract'),
  get AMAZON_AUTHORITIES(): string {
    return `${mockFolder}/amazon.pem`;
  },
}));

const file = (name: string): string => path.join(mockFolder, name);
afterEach(() => {
  for (const name of ['amazon.pem', 'authorities.pem', 'other.pem']) rmSync(file(name), { force: true });
});
afterAll(() => rmSync(mockFolder, { recursive: true }));

/** What is trusted besides Node.js's own, where NODE_EXTRA_CA_CERTS names that file. */
const besides = (name: string): string =>
  databaseAuthorities({ NODE_EXTRA_CA_CERTS: file(name) }, mockFolder)!
    .slice(tls.rootCertificates.length)
    .join();

test('are left to Node.js where NODE_EXTRA_CA_CERTS names Amazon’s, or nothing is known besides', () => {
  writeFileSync(file('amazon.pem'), 'Amazon');
  expect(databaseAuthorities({ NODE_EXTRA_CA_CERTS: file('amazon.pem') }, mockFolder)).toBeUndefined();
  rmSync(file('amazon.pem'));
  expect(databaseAuthorities({ NODE_EXTRA_CA_CERTS: file('other.pem') }, mockFolder)).toBeUndefined();
  expect(databaseAuthorities({}, mockFolder)).toBeUndefined();
});

test('are Amazon’s besides, where NODE_EXTRA_CA_CERTS names another file, and all of those that come with Node.js', () => {
  writeFileSync(file('amazon.pem'), 'Amazon');
  writeFileSync(file('other.pem'), 'other');
  expect(besides('other.pem')).toBe('other,Amazon');
  expect(besides('missing.pem')).toBe('Amazon');
  expect(databaseAuthorities({}, mockFolder)).toEqual([...tls.rootCertificates, 'Amazon']);
});

test('are those of the code besides, once, wherever the code is', () => {
  writeFileSync(file('amazon.pem'), 'Amazon');
  writeFileSync(file('authorities.pem'), 'own');
  expect(besides('authorities.pem')).toBe('own,Amazon');
  expect(besides('amazon.pem')).toBe('Amazon,own');
  expect(besides('missing.pem')).toBe('Amazon,own');
});
