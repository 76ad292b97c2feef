import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The schema version of the release that holds the lease. It comes before the next migration, because projectors lock the lease before the
 * generation, too. Projectors of the previous release do not write it: it is null then, or that of an earlier holder.
 */
export class LeadersSchema1764000000010 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
alter table projector_lease add column schema_version integer;
comment on column projector_lease.schema_version is 'Of the projector that took the lease last. Null: of a release that did not store it.'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table projector_lease drop column schema_version');
  }
}
