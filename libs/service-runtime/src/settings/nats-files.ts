import { credsAuthenticator } from '@nats-io/transport-node';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Environment } from './environment.js';

const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const CERTIFICATES = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * The path in the setting. Reports a wrong file now: the client would notice it only while it connects, and would try again without end.
 */
export function readCredentialsFile(environment: Environment): string | undefined {
  const path = environment.optional('NATS_CREDS');
  if (path !== undefined && !holds(path, isCredentials))
    environment.problem('NATS_CREDS must be the path of a credentials file with a JWT and a seed');
  return path;
}

/** The same for the certificates of authorities. */
export function readCertificatesFile(environment: Environment): string | undefined {
  const path = environment.optional('NATS_TLS_CA');
  if (path !== undefined && !holds(path, areCertificates))
    environment.problem('NATS_TLS_CA must be the path of a file with certificates in PEM form');
  return path;
}

function holds(path: string, isSound: (contents: Buffer) => boolean): boolean {
  try {
    return isSound(readFileSync(path));
  } catch {
    return false;
  }
}

/**
 * Whether the file can be used: signs a text as the client does when it connects. That needs both parts of the file, and a seed with the
 * right checksum.
 */
function isCredentials(contents: Buffer): boolean {
  const login = credsAuthenticator(contents)('any nonce');
  return typeof login === 'object' && 'jwt' in login && JWT.test(login.jwt);
}

function areCertificates(contents: Buffer): boolean {
  const found = contents.toString().match(CERTIFICATES) ?? [];
  return found.length > 0 && found.every((pem) => new X509Certificate(pem).subject !== undefined);
}
