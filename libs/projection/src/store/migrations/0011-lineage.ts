import type { MigrationInterface, QueryRunner } from 'typeorm';

const COMMENTS = `
comment on column generation.lineage is 'The order of changes that readers follow. A generation that continues it has the same value.';
comment on column generation.turns is 'Counts the changes out of the order of the stream.';
`;

/**
 * What readers need who follow the changes of a generation one by one. A projector of the previous release begins a lineage with each
 * switch.
 */
export class Lineage1764000000011 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
alter table generation
  add column lineage uuid not null default gen_random_uuid(),
  add column turns integer not null default 0;
${COMMENTS}`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table generation drop column lineage, drop column turns');
  }
}
