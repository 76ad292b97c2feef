import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which limit per subject may have removed what is to be read next. Projectors of the previous release neither read nor write it. */
export class SubjectLimit1764000000014 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
alter table generation add column subject_limit bigint;
comment on column generation.subject_limit is 'The lowest limit of messages per subject under which the stream is known to have got messages after the position.'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table generation drop column subject_limit');
  }
}
