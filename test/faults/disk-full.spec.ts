import { waitForPosition } from '../support/clients.js';
import type { TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { expectReadModelOfStream } from './expect-read-model.js';
import { interruptions, notReady, ready } from './health.js';
import { SmallDisk } from './small-disk.js';
import { ownPostgres, startSystemOn } from './system-on.js';
import { Traffic } from './traffic.js';

const FAILURES = 3;
const disk = SmallDisk.mount();
const how = disk
  ? 'of a file system without a free block'
  : 'said by a trigger, since no file system can be mounted here';

/** How the disk becomes full, and how it gets room again. */
interface FullDisk {
  fill(): Promise<void> | void;
  free(): Promise<void> | void;
}

async function tablespaceOn(small: SmallDisk, database: TestDatabase): Promise<FullDisk> {
  await database.query(`create tablespace small location '${small.path}'`);
  await database.query('alter table token_1 set tablespace small');
  return small;
}

function trigger(database: TestDatabase): FullDisk {
  return {
    fill: async () => {
      await database.query(`
        create function no_space() returns trigger language plpgsql as
          $$ begin raise exception 'No space left on device' using errcode = '53100'; end $$;
        create trigger no_space before insert on token_1 for each statement execute function no_space()`);
    },
    free: async () => {
      await database.query('drop trigger no_space on token_1');
    },
  };
}

describe('a full disk under PostgreSQL', () => {
  test(`(${how}) is waited out: no event is lost or taken for poison`, async () => {
    const system = await startSystemOn({ postgres: await ownPostgres() });
    const { database, projector, query, stream } = system;
    const full = disk ? await tablespaceOn(disk, database) : trigger(database);
    const traffic = new Traffic(stream);
    await waitForPosition(query.url, 200);

    await full.fill();
    await notReady(projector, 'projector', /^interrupted: .*No space left on device/);
    await eventually(
      'it to have tried several times',
      async () => (await interruptions(projector, 'disk_full')) >= FAILURES,
    );
    await full.free();
    await ready(projector);
    await waitForPosition(query.url, traffic.head + 200);
    await traffic.stop();
    await expectReadModelOfStream(system, traffic.acknowledged);
  });
});
