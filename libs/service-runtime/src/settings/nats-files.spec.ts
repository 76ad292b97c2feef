import { nkeys } from '@nats-io/transport-node';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readNatsSettings } from './common.settings.js';
import { Environment } from './environment.js';

const SEED = new TextDecoder().decode(nkeys.createUser().getSeed());
const block = (kind: string, text: string) => `-----BEGIN ${kind}-----\n${text}\n------END ${kind}------\n`;
const JWT_BLOCK = block('NATS USER JWT', 'eyJ0.eyJq.c2ln');

/** Made by hand, valid until the year 2126; nobody has its key. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBdjCCARugAwIBAgIUPhe608m60BZDikf/AHCqPPzTwmYwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjQyMzUxMDZaGA8yMTI2MTAzMTIzNTEw
NlowDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABEco
l7+gUaWB19qZVlx2wyd2ElChe+Ra609tCpDZiJrX7gyhWwdsPvT7n4Tsz/GfoMdR
zpmJjRKK8esuF2z7muOjUzBRMB0GA1UdDgQWBBRKuIk2fxSb7QiUB5mSmMXM0xDF
ZTAfBgNVHSMEGDAWgBRKuIk2fxSb7QiUB5mSmMXM0xDFZTAPBgNVHRMBAf8EBTAD
AQH/MAoGCCqGSM49BAMCA0kAMEYCIQCvV03xILpETYxvcu91TWsYCjT88/1G5Jf/
QcdptH0GvgIhALqoJ93UhhD8YmCE7XTMzQOUjLA1CLYCraD1wRDg+gZ0
-----END CERTIFICATE-----
`;

describe('the files of the NATS settings', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nats-files-'));
  const path = join(folder, 'file');

  afterAll(() => rmSync(folder, { recursive: true }));

  const read = (variable: string, contents: string) => {
    writeFileSync(path, contents);
    return Environment.read({ [variable]: path }, readNatsSettings);
  };

  test('are taken when they hold what they should', () => {
    const credentials = `${JWT_BLOCK}\n${block('USER NKEY SEED', SEED)}`;
    expect(read('NATS_CREDS', credentials).credentialsFile).toBe(path);
    expect(read('NATS_TLS_CA', `# ours\n${CERTIFICATE}${CERTIFICATE}`).tlsCaFile).toBe(path);
  });

  test.each([
    ['NATS_CREDS', 'nothing', ''],
    ['NATS_CREDS', 'no seed', JWT_BLOCK],
    ['NATS_CREDS', 'a broken seed', `${JWT_BLOCK}\n${block('USER NKEY SEED', SEED.slice(0, -4))}`],
    ['NATS_CREDS', 'no JWT', `${block('NATS USER JWT', 'x')}\n${block('USER NKEY SEED', SEED)}`],
    ['NATS_TLS_CA', 'nothing', ''],
    ['NATS_TLS_CA', 'another kind of PEM', CERTIFICATE.replaceAll('CERTIFICATE', 'PUBLIC KEY')],
    ['NATS_TLS_CA', 'one broken certificate', CERTIFICATE + CERTIFICATE.replace('MIIB', 'MIIC')],
  ])('are refused as %s when they hold %s', (variable, _, contents) => {
    expect(() => read(variable, contents)).toThrow(new RegExp(`${variable} must be the path of`));
  });

  test.each(['NATS_CREDS', 'NATS_TLS_CA'])(
    'are refused as %s when they cannot be read, and the path is not told',
    (name) => {
      const missing = () => Environment.read({ [name]: join(folder, 'missing') }, readNatsSettings);
      expect(missing).toThrow(new RegExp(`${name} must be the path of`));
      expect(missing).not.toThrow(/nats-files/);
      expect(() => Environment.read({ [name]: folder }, readNatsSettings)).toThrow(name);
    },
  );
});
