import { chown, chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atEnd } from '../at-end.js';
import { postgresAccount } from './postgres-account.js';

/** Made by hand for localhost and 127.0.0.1, self-signed, valid until the year 2126. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBmjCCAUGgAwIBAgIUAfUyPZ2KmljHT6i5jT3J7zUtdZEwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNjAwNTUxMFoYDzIxMjYxMTAy
MDA1NTEwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAS4a8JEa/8/NrODkV35u1M38MPXeXPGooS3lpM/K+vP5xnvYq3ai3a8
lQf+0W44qjfXwrnnuG7pkpl6XOOl76EJo28wbTAdBgNVHQ4EFgQUajvoFSP7WdR9
FvHA7qt7moFEZR4wHwYDVR0jBBgwFoAUajvoFSP7WdR9FvHA7qt7moFEZR4wDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDRwAwRAIgcCYEBBzFnJyIAmO3r14huFkdgSqAHg4ySffttsVof70CIGns
lxS7ch8wrVu7KitKFJrj3APStz2VS393JccZZCIV
-----END CERTIFICATE-----
`;
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgzKPFICfsl4WNtZW+
fVpFBzs2wlb8UFhArQBcX2LoLtmhRANCAAS4a8JEa/8/NrODkV35u1M38MPXeXPG
ooS3lpM/K+vP5xnvYq3ai3a8lQf+0W44qjfXwrnnuG7pkpl6XOOl76EJ
-----END PRIVATE KEY-----
`;

export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate and its key as files for a test's servers, readable for the account of PostgreSQL; removed at the end of the test file. */
export async function tlsFiles(): Promise<TlsFiles> {
  const directory = await mkdtemp(join(tmpdir(), 'charging-tokens-tls-'));
  atEnd('removing the files for TLS', () => rm(directory, { recursive: true }));
  const files = { certificate: join(directory, 'certificate.pem'), key: join(directory, 'key.pem') };
  await chmod(directory, 0o755);
  await writeFile(files.certificate, CERTIFICATE);
  await writeFile(files.key, KEY, { mode: 0o600 });
  const account = postgresAccount();
  if (account) await chown(files.key, account.uid, account.gid);
  return files;
}
