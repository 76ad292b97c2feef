import { devNull } from 'node:os';

/** One client in one language: it lists, walks, and reads what it has written or what it has read before. */
export interface Example {
  readonly title: string;
  /** In the folder examples/, where it runs. */
  readonly file: string;
  readonly command: readonly string[];
  /** Commands that succeed where everything is installed that the example needs. */
  readonly needs: readonly (readonly string[])[];
  readonly install: string;
}

const node = process.execPath;
const WITH_NPM = 'npm ci';

export const EXAMPLES: readonly Example[] = [
  {
    title: 'curl',
    file: 'curl.sh',
    command: ['bash', 'curl.sh'],
    needs: [
      ['bash', '--version'],
      ['curl', '--version'],
    ],
    install: 'install bash and curl 7.76 or later',
  },
  {
    title: 'NATS command line',
    file: 'nats-cli.sh',
    command: ['bash', 'nats-cli.sh'],
    needs: [
      ['bash', '--version'],
      ['nats', '--version'],
    ],
    install: 'go install github.com/nats-io/natscli/nats@latest',
  },
  {
    title: 'TypeScript',
    file: 'typescript-client.ts',
    command: [node, '--import', 'tsx', 'typescript-client.ts'],
    needs: [],
    install: WITH_NPM,
  },
  {
    title: 'Nest ClientProxy',
    file: 'nest-client-proxy.ts',
    command: [node, '--import', 'tsx', 'nest-client-proxy.ts'],
    needs: [],
    install: WITH_NPM,
  },
  { title: 'nats.js', file: 'nats-js.mjs', command: [node, 'nats-js.mjs'], needs: [], install: WITH_NPM },
  {
    title: 'Python over HTTP',
    file: 'python-httpx.py',
    command: ['python3', 'python-httpx.py'],
    needs: [['python3', '-c', 'import httpx']],
    install: 'pip install httpx',
  },
  {
    title: 'Python over NATS',
    file: 'python-nats.py',
    command: ['python3', 'python-nats.py'],
    needs: [['python3', '-c', 'import nats']],
    install: 'pip install nats-py',
  },
  {
    title: 'Go',
    file: 'go-nats.go',
    command: ['go', 'run', 'go-nats.go'],
    needs: [['go', 'build', '-o', devNull, 'go-nats.go']],
    install: 'install Go, then "go mod download" in examples/',
  },
];
