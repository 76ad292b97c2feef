import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A job stores what an operator requested of it under this name. A projector of the previous release sees no request of an unfinished job.
 */
export class Requested1764000000007 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await rename(queryRunner, 'wish', 'requested');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await rename(queryRunner, 'requested', 'wish');
  }
}

async function rename(queryRunner: QueryRunner, from: string, to: string): Promise<void> {
  await queryRunner.query(
    `update generation set job = job - '${from}' || jsonb_build_object('${to}', job -> '${from}') where job -> '${from}' is not null`,
  );
}
