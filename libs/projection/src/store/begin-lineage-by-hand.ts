import type { DataSource } from 'typeorm';
import type { Projection } from '../projection.js';
import { BEGIN_LINEAGE_OF_LIVE } from './change-places.js';

/**
 * Has all readers of the changes begin again, for an operator who knows of a restore that a projector cannot notice. Needs no projector.
 * @returns the live generation
 * @throws if there is none
 */
export function beginLineageByHand(dataSource: DataSource, { name }: Pick<Projection, 'name'>): Promise<number> {
  return dataSource.transaction(async (manager) => {
    // A switch holds the lease, and has the next generation inherit the lineage: it must be over, or begin afterwards.
    await manager.query('select from projector_lease where projection = $1 for update', [name]);
    const [rows] = await manager.query<[{ number: number }[], number]>(BEGIN_LINEAGE_OF_LIVE, [name]);
    if (!rows[0]) throw new Error('the database holds no live generation: run the migrations');
    return rows[0].number;
  });
}
