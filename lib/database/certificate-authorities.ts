import { X509Certificate } from 'node:crypto';
import * as fs from 'node:fs';
import type { Construct } from 'constructs';
import { ValidationError } from '../validation-error';

/** Reads a file with certificates in PEM. Throws where it is not there, or holds anything else. */
export function readAuthorities(scope: Construct, file: string): string {
  const fail = (what: string): never => {
    throw new ValidationError(
      scope,
      'authorities-unreadable',
      `certificateAuthorities is ${file}, ${what}: give a file with one or more certificates in PEM, each from "-----BEGIN CERTIFICATE-----" to "-----END CERTIFICATE-----"`,
    );
  };
  let text = '';
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    fail(`which cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  if (/PRIVATE KEY-----/.test(text)) fail('which holds a private key');
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0) fail('which holds no certificate');
  certificates.forEach((certificate, index) => {
    try {
      new X509Certificate(certificate);
    } catch {
      fail(`whose certificate ${index + 1} cannot be parsed`);
    }
  });
  return text;
}
