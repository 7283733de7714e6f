import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tls from 'node:tls';
import { AMAZON_AUTHORITIES, ASSET } from '../contract';

/**
 * The authorities that the database's certificate is checked against, as PEM; undefined where they are what Node.js trusts
 * anyway. NODE_EXTRA_CA_CERTS names one file: as a rule Amazon's. Where it names another one, Amazon's are added to it, and
 * where the construct was given authorities, those are: what is not at its place in Lambda (an emulator runs the code
 * elsewhere) is trusted too.
 *
 * @param folder that of the function's code
 */
export function databaseAuthorities(environment: NodeJS.ProcessEnv, folder: string): readonly string[] | undefined {
  const inForce = environment['NODE_EXTRA_CA_CERTS'];
  const missing = [AMAZON_AUTHORITIES, join(folder, ASSET.authorities)].filter(
    (file) => file !== inForce && existsSync(file),
  );
  if (missing.length === 0) return undefined;
  const standing = inForce !== undefined && existsSync(inForce) ? [inForce] : [];
  // Authorities that are given to TLS replace all others.
  return [...tls.rootCertificates, ...[...standing, ...missing].map((file) => readFileSync(file, 'utf8'))];
}
