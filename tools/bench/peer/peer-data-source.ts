import { DataSource } from 'typeorm';
import { POOL_SIZE } from '../options.js';
import { PeerToken } from './peer-token.entity.js';

/** TypeORM, set up as in its documentation. */
export function connectPeer(databaseUrl: string): Promise<DataSource> {
  return new DataSource({
    type: 'postgres',
    url: databaseUrl,
    applicationName: 'bench-peer',
    entities: [PeerToken],
    poolSize: POOL_SIZE,
  }).initialize();
}
