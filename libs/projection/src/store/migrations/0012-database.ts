import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The database that the last leader wrote to, so that the next one finds out about a restore. Projectors of the previous release neither
 * read nor write it.
 */
export class Database1764000000012 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
alter table projector_lease add column database text;
comment on column projector_lease.database is 'What tells this database from its copies. Null: no projector has been told so far.'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table projector_lease drop column database');
  }
}
