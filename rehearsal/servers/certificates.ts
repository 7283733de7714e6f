import { generateKeyPair, sign } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import forge from 'node-forge';

/** A certificate authority of this rehearsal: its own certificate, and a server certificate for the loopback address. */
export interface Authority {
  /** The authority's certificate in PEM, for whoever shall trust it. */
  readonly ca: string;
  /** A server's certificate in PEM. */
  readonly certificate: string;
  /** The private key of that certificate in PEM. */
  readonly key: string;
}

/**
 * The two authorities that a function in AWS meets: the public one that every Node trusts by itself (S3, Secrets
 * Manager), and Amazon RDS's, which is trusted only where `NODE_EXTRA_CA_CERTS` says so. Two, so that a template that
 * forgets that variable fails here as it would there.
 */
export interface Certificates {
  readonly publicAuthority: Authority;
  readonly databaseAuthority: Authority;
}

/** What the servers' certificates are for. */
export interface ServerNames {
  readonly names: readonly string[];
  readonly addresses: readonly string[];
}

const LOOPBACK: ServerNames = { names: ['localhost'], addresses: ['127.0.0.1', '::1'] };

/** Makes the certificates of one rehearsal. They are good for two days and are never stored. */
export async function makeCertificates(server: ServerNames = LOOPBACK): Promise<Certificates> {
  const keys = await (keysOfThisProcess ??= makeKeys());
  return {
    publicAuthority: makeAuthority('Rehearsal Public CA', keys, server),
    databaseAuthority: makeAuthority('Rehearsal Database CA', keys, server),
  };
}

/** Files of an authority, as a database server is told of them. */
export interface CertificateFiles {
  readonly caFile: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** Writes the files of an authority to a folder. */
export async function writeCertificates(folder: string, authority: Authority): Promise<CertificateFiles> {
  const caFile = path.join(folder, 'ca.pem');
  const certificateFile = path.join(folder, 'certificate.pem');
  const keyFile = path.join(folder, 'key.pem');
  await writeFile(caFile, authority.ca);
  await writeFile(certificateFile, authority.certificate);
  await writeFile(keyFile, authority.key, { mode: 0o600 });
  return { caFile, certificateFile, keyFile };
}

/**
 * One pair serves all certificates of this process, because what is trusted is told apart by the issuer's name, and nobody outlives
 * the process.
 */
let keysOfThisProcess: Promise<KeyPair> | undefined;

/** forge needs seconds for a key pair where Node needs a tenth of one. */
function makeKeys(): Promise<KeyPair> {
  return promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

interface KeyPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

function makeAuthority(name: string, keys: KeyPair, server: ServerNames): Authority {
  return {
    ca: issue(name, name, keys, [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ]),
    certificate: issue(`${name} loopback server`, name, keys, [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: [...server.names.map(dnsName), ...server.addresses.map(ipAddress)] },
    ]),
    key: keys.privateKey,
  };
}

function issue(subject: string, issuer: string, keys: KeyPair, extensions: readonly object[]): string {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(keys.publicKey);
  // The first byte keeps the serial number positive, as RFC 5280 wants it; OpenSSL refuses one that begins with two zeros.
  certificate.serialNumber = '01' + forge.util.bytesToHex(forge.random.getBytesSync(15));
  certificate.validity.notBefore = new Date(Date.now() - 3_600_000);
  certificate.validity.notAfter = new Date(Date.now() + 2 * 86_400_000);
  certificate.setSubject([{ name: 'commonName', value: subject }]);
  certificate.setIssuer([{ name: 'commonName', value: issuer }]);
  certificate.setExtensions([...extensions]);
  // forge would sign in JavaScript, which takes a quarter of a second each.
  const byNode = {
    sign: () => {
      const content = Buffer.from(forge.asn1.toDer(certificate.tbsCertificate).getBytes(), 'binary');
      return sign('sha256', content, keys.privateKey).toString('binary');
    },
  };
  certificate.sign(byNode as unknown as forge.pki.rsa.PrivateKey, forge.md.sha256.create());
  return forge.pki.certificateToPem(certificate);
}

function dnsName(value: string): object {
  return { type: 2, value };
}

function ipAddress(ip: string): object {
  return { type: 7, ip };
}
