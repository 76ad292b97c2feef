import type { MigrationInterface, QueryRunner } from 'typeorm';

const COMMENTS = `
comment on column generation.tables is 'Its tables, without the number. Null for a generation of a release that did not store them.';
comment on column generation.rolled_back_from is 'An operator put it, or one before it, in the place of this newer schema version.';
`;

/** What a generation must tell a release that did not make it. Projectors of the previous release do not read it. */
export class OtherReleases1764000000008 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
alter table generation
  add column tables text[],
  add column rolled_back_from integer;
update generation live set rolled_back_from = (
  select max(previous.schema_version) from generation previous where previous.projection = live.projection
    and previous.state = 'previous' and previous.schema_version > live.schema_version)
where state = 'live';
${COMMENTS}`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table generation drop column tables, drop column rolled_back_from');
  }
}
