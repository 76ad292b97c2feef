import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Work that is recorded again while it is done is first ended, and then done once more. Projectors of the previous release ignore it. */
export class DeferredAgain1764000000016 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
alter table deferred_work add column again_to bigint;
comment on column deferred_work.again_to is 'Set if the work is to be done once more: what the answers hold completely between the two times.'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table deferred_work drop column again_to');
  }
}
